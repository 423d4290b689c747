/* identity: the names of the roles. */
#include "identity.h"

#include <string.h>

static const struct {
    enum identity_role role;
    const char *text;
} roles[] = {
    {ROLE_KIOSK, "kiosk"},           {ROLE_CLERK, "clerk"},
    {ROLE_BUTTON, "button"},         {ROLE_DISPLAY, "display"},
    {ROLE_RATING, "rating"},         {ROLE_LOBBY, "lobby"},
    {ROLE_SUPERVISOR, "supervisor"}, {ROLE_ADMIN, "admin"},
    {ROLE_AUDITOR, "auditor"},       {ROLE_INTEGRATION, "integration"},
    {ROLE_MONITORING, "monitoring"},
};

#define ROLE_COUNT (sizeof roles / sizeof roles[0])

/* One name per bit. */
_Static_assert(ROLE_ALL == (1u << ROLE_COUNT) - 1, "every role has a name");

uint32_t identity_role_parse(const char *text)
{
    for (size_t i = 0; i < ROLE_COUNT; i++) {
        if (strcmp(roles[i].text, text) == 0) {
            return (uint32_t)roles[i].role;
        }
    }
    return 0;
}

const char *identity_role_text(uint32_t role)
{
    for (size_t i = 0; i < ROLE_COUNT; i++) {
        if ((uint32_t)roles[i].role == role) {
            return roles[i].text;
        }
    }
    return NULL;
}
