/* http_bucket: token buckets per address for sign-in and public pages.
 *
 * A bucket holds thousandths of a request and fills with time. Addresses share a table of fixed
 * size: each may stand in one of a few places; when all are taken the one that was quiet for
 * longest gives way, whose bucket is the fullest. Flooding the table from many addresses therefore
 * frees nobody who is being limited right now unless the flood is wider than the set. */
#include <arpa/inet.h>
#include <assert.h>
#include <netinet/in.h>
#include <string.h>

#include "http_internal.h"

static const struct {
    int32_t per_second;
    int32_t burst;
} limits[HTTP_BUCKET_COUNT] = {
    [HTTP_BUCKET_NONE] = {1, 1},
    [HTTP_BUCKET_LOGIN] = {5, 20},
    [HTTP_BUCKET_PUBLIC] = {10, 30},
};

/* FNV-1a over the address. */
static unsigned address_set(const uint8_t address[16])
{
    uint32_t hash = 2166136261u;

    for (int i = 0; i < 16; i++) {
        hash = (hash ^ address[i]) * 16777619u;
    }
    return (hash ^ (hash >> 16)) % HTTP_BUCKET_SETS;
}

static struct http_bucket_entry *bucket_find(struct http_buckets *buckets, enum http_bucket kind,
                                             const uint8_t address[16], int64_t now_ms)
{
    struct http_bucket_entry *set = buckets->entries[kind][address_set(address)];
    struct http_bucket_entry *oldest = &set[0];

    for (int i = 0; i < HTTP_BUCKET_WAYS; i++) {
        if (set[i].used && memcmp(set[i].address, address, 16) == 0) {
            return &set[i];
        }
        if (!set[i].used || (oldest->used && set[i].at_ms < oldest->at_ms)) {
            oldest = &set[i];
        }
    }
    *oldest = (struct http_bucket_entry){
        .used = true, .at_ms = now_ms, .milli = limits[kind].burst * 1000};
    memcpy(oldest->address, address, 16);
    return oldest;
}

bool http_bucket_take(struct http_buckets *buckets, enum http_bucket kind,
                      const uint8_t address[16], int64_t now_ms, int64_t *ret_wait_ms)
{
    assert(kind > HTTP_BUCKET_NONE && kind < HTTP_BUCKET_COUNT);
    struct http_bucket_entry *entry = bucket_find(buckets, kind, address, now_ms);
    int64_t full = (int64_t)limits[kind].burst * 1000;
    /* Thousandths of a request per millisecond are requests per second. */
    int64_t milli = entry->milli + (now_ms - entry->at_ms) * limits[kind].per_second;

    entry->milli = (int32_t)(milli > full ? full : milli);
    entry->at_ms = now_ms;
    if (entry->milli < 1000) {
        *ret_wait_ms = (1000 - entry->milli) / limits[kind].per_second + 1;
        return false;
    }
    entry->milli -= 1000;
    return true;
}

void http_peer_address(struct MHD_Connection *connection, uint8_t address[16])
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);

    memset(address, 0, 16);
    if (!info || !info->client_addr) {
        return;
    }
    if (info->client_addr->sa_family == AF_INET) {
        const struct sockaddr_in *v4 = (const struct sockaddr_in *)(const void *)info->client_addr;
        memcpy(address + 12, &v4->sin_addr, 4);
        address[10] = address[11] = 0xff;
    } else if (info->client_addr->sa_family == AF_INET6) {
        const struct sockaddr_in6 *v6 =
            (const struct sockaddr_in6 *)(const void *)info->client_addr;
        memcpy(address, &v6->sin6_addr, 16);
    }
}

void http_bucket_address(struct MHD_Connection *connection, uint8_t address[16])
{
    static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};

    http_peer_address(connection, address);
    if (memcmp(address, mapped, sizeof(mapped)) != 0) {
        memset(address + 8, 0, 8); /* one subscriber has a whole network of 64 bits */
    }
}
