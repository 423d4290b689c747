/* wire_problem: problem answers (RFC 9457), with title and detail in the reader's language.
 *
 * The English titles are those of err.h; the Chinese ones stand here. Codes that a person at a
 * screen cannot act upon share one Chinese title. The type is a URN, since halls have no public web
 * address to point to. */
#include <stdio.h>
#include <string.h>

#include "wire_internal.h"

void wire_problem_init(struct wire_problem *problem, enum err err)
{
    memset(problem, 0, sizeof *problem);
    problem->err = err;
    problem->state = TICKET_STATE_COUNT;
}

void wire_problem_add(struct wire_problem *problem, const char *pointer, const char *detail)
{
    if (problem->error_count < 0 || problem->error_count >= WIRE_PROBLEM_ERROR_MAX) {
        return;
    }
    int at = problem->error_count++;
    text_copy_cut(problem->errors[at].pointer, sizeof problem->errors[at].pointer, pointer);
    text_copy_cut(problem->errors[at].detail, sizeof problem->errors[at].detail, detail);
}

/* Titles of what is wrong with the request or the caller; NULL for the others. */
static const char *request_title_zh(enum err err)
{
    static const struct {
        enum err err;
        const char *title;
    } titles[] = {
        {ERR_MALFORMED_BODY, "请求内容格式不正确"},
        {ERR_INVALID_BODY, "请求内容中有不能接受的成员"},
        {ERR_MALFORMED_REQUEST, "请求格式不正确"},
        {ERR_BODY_TOO_LARGE, "请求内容过大"},
        {ERR_MEDIA_TYPE, "请求内容必须是 application/json"},
        {ERR_HEADER_TOO_LARGE, "请求头过大"},
        {ERR_UNAUTHORIZED, "请先登录"},
        {ERR_FORBIDDEN, "没有权限"},
        {ERR_NOT_FOUND, "没有找到"},
        {ERR_METHOD_NOT_ALLOWED, "此路径不支持该方法"},
        {ERR_LINK_EXPIRED, "链接已失效"},
        {ERR_KEY_REQUIRED, "缺少 Idempotency-Key"},
        {ERR_MATCH_REQUIRED, "缺少 If-Match"},
        {ERR_KEY_REUSED, "该键已用于其他内容"},
        {ERR_KEY_IN_FLIGHT, "同一键的请求仍在处理"},
        {ERR_STALE_VERSION, "对象已被更改"},
        {ERR_RATE_LIMITED, "请求过于频繁"},
    };
    for (size_t i = 0; i < sizeof titles / sizeof titles[0]; i++) {
        if (titles[i].err == err) {
            return titles[i].title;
        }
    }
    return NULL;
}

/* Titles of the rules of the hall; NULL for the others. */
static const char *hall_title_zh(enum err err)
{
    static const struct {
        enum err err;
        const char *title;
    } titles[] = {
        {ERR_SERVICE_CLOSED, "该业务现在不取号"},
        {ERR_NOT_AUDIO_OWNER, "该区域由另一块显示屏播报"},
        {ERR_QUOTA_REACHED, "今日号源已满"},
        {ERR_NUMBERS_EXHAUSTED, "号码已用完"},
        {ERR_HALL_FULL, "大厅今日号票已满"},
        {ERR_ALREADY_WAITING, "此人已在该业务排队"},
        {ERR_WRONG_STATE, "当前状态不允许此操作"},
        {ERR_LOST_RACE, "已被其他窗口呼叫"},
        {ERR_CURRENT_NOT_STARTED, "当前号码尚未开始办理"},
        {ERR_WINDOW_OCCUPIED, "窗口或人员已被占用"},
        {ERR_WINDOW_NOT_OPEN, "窗口未上岗"},
        {ERR_WINDOW_BUSY, "窗口还有未办结的号码"},
        {ERR_NOT_YOUR_TICKET, "该号码不在您的窗口"},
        {ERR_NOT_YOUR_WINDOW, "您在其他窗口上岗"},
        {ERR_TOO_LATE, "已超过时间或次数"},
        {ERR_TOO_EARLY, "还没有到时间"},
        {ERR_HOLD_FULL, "窗口挂起数已满"},
        {ERR_ALREADY_RATED, "本次服务已评价"},
        {ERR_RATING_CLOSED, "评价时间已过"},
        {ERR_NO_URGENT_LEFT, "当前没有急办名额"},
        {ERR_NOT_PAIRED, "配对码无效、已用过或已过期"},
        {ERR_DEVICE_EXISTS, "已有同名设备"},
        {ERR_PASSWORD_CHANGE, "请先换成自己的新密码"},
        {ERR_USER_EXISTS, "已有同名人员"},
        {ERR_LAST_ADMIN, "大厅至少要有一名管理员"},
        {ERR_SLIP_UNCHECKED, "请先扫描当前号码的小票"},
        {ERR_SLIP_MISMATCH, "小票与当前号码不符"},
    };
    for (size_t i = 0; i < sizeof titles / sizeof titles[0]; i++) {
        if (titles[i].err == err) {
            return titles[i].title;
        }
    }
    return NULL;
}

/* Titles of what the machine cannot do; the last resort for every code. */
static const char *machine_title_zh(enum err err)
{
    switch (err) {
    case ERR_NONE:
        return "成功";
    case ERR_BUSY:
        return "系统繁忙,请稍后再试";
    case ERR_STARTING:
        return "服务正在启动或停止";
    case ERR_READ_ONLY:
        return "磁盘已满,现在只读";
    case ERR_OUTCOME_UNKNOWN:
        return "不能确定是否已保存";
    case ERR_STORE_FULL:
        return "磁盘已满";
    case ERR_INVALID_CONFIG:
        return "配置不能使用";
    case ERR_TIMEOUT:
        return "没有及时答复";
    default:
        return "系统内部错误";
    }
}

static const char *title_zh(enum err err)
{
    const char *title = request_title_zh(err);
    if (title == NULL) {
        title = hall_title_zh(err);
    }
    return title != NULL ? title : machine_title_zh(err);
}

static void print_errors(struct buf *buf, const struct wire_problem *problem)
{
    wire_open_array(buf, "errors");
    for (int i = 0; i < problem->error_count && i < WIRE_PROBLEM_ERROR_MAX; i++) {
        wire_open_object(buf, NULL);
        wire_put_text(buf, "pointer", problem->errors[i].pointer);
        wire_put_text(buf, "detail", problem->errors[i].detail);
        wire_close_object(buf);
    }
    wire_close_array(buf);
}

static void print_allowed(struct buf *buf, uint32_t allowed)
{
    wire_open_array(buf, "allowed");
    for (int kind = 0; kind < CMD_KIND_COUNT && kind < 32; kind++) {
        const char *verb = wire_command_verb((enum cmd_kind)kind);
        if ((allowed >> kind & 1u) != 0 && verb != NULL) {
            wire_put_text(buf, NULL, verb);
        }
    }
    wire_close_array(buf);
}

void wire_problem_print(struct buf *buf, const struct wire_problem *problem, bool zh)
{
    const char *slug = err_slug(problem->err);
    const char *detail = zh ? problem->detail_zh : problem->detail_en;
    char type[80];
    (void)snprintf(type, sizeof type, "urn:problem:%s", slug);
    wire_open_object(buf, NULL);
    wire_put_text(buf, "type", type);
    wire_put_text(buf, "title", zh ? title_zh(problem->err) : err_title(problem->err));
    wire_put_int(buf, "status", problem->status);
    if (detail[0] != '\0') {
        wire_put_text(buf, "detail", detail);
    }
    if (problem->instance[0] != '\0') {
        wire_put_text(buf, "instance", problem->instance);
    }
    wire_put_text(buf, "code", slug);
    if (problem->request_id[0] != '\0') {
        wire_put_text(buf, "request_id", problem->request_id);
    }
    if (problem->error_count > 0) {
        print_errors(buf, problem);
    }
    if (problem->state < TICKET_STATE_COUNT) {
        wire_put_text(buf, "state", ticket_state_text(problem->state));
    }
    if (problem->has_allowed) {
        print_allowed(buf, problem->allowed);
    }
    wire_close_object(buf);
}
