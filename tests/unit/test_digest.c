/* test_digest: SHA-256 against the examples of FIPS 180, hex there and back, random bytes, role
 * names. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "digest.h"
#include "identity.h"

static void expect(const char *first, const char *second, const char *hex)
{
    uint8_t digest[DIGEST_SIZE];
    char text[DIGEST_HEX_SIZE];
    digest_sha256(first, strlen(first), second, second != NULL ? strlen(second) : 0, digest);
    digest_hex(digest, sizeof digest, text);
    assert_string_equal(text, hex);
}

static void hashes_the_standard_examples(void **state)
{
    (void)state;
    expect("abc", NULL, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    expect("", NULL, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    expect("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", NULL,
           "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
}

static void hashes_two_parts_as_one(void **state)
{
    (void)state;
    expect("a", "bc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    expect("", "abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    expect("abc", "", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

static void reads_and_writes_hex(void **state)
{
    (void)state;
    const uint8_t bytes[3] = {0x00, 0x9f, 0xff};
    uint8_t back[3] = {1, 1, 1};
    char text[7];
    digest_hex(bytes, 3, text);
    assert_string_equal(text, "009fff");
    assert_int_equal(digest_unhex("009FfF", back, 3), ERR_NONE);
    assert_memory_equal(back, bytes, 3);
    assert_int_equal(digest_unhex("009ff", back, 3), ERR_INVALID_BODY);
    assert_int_equal(digest_unhex("009fff0", back, 3), ERR_INVALID_BODY);
    assert_int_equal(digest_unhex("009ffg", back, 3), ERR_INVALID_BODY);
    assert_int_equal(digest_unhex("", back, 3), ERR_INVALID_BODY);
    assert_memory_equal(back, bytes, 3);
}

static void compares(void **state)
{
    (void)state;
    assert_true(digest_equal("abcd", "abcd", 4));
    assert_false(digest_equal("abcd", "abcx", 4));
    assert_false(digest_equal("abcd", "xbcd", 4));
    assert_true(digest_equal("abcd", "abcx", 3));
}

static void random_bytes_differ(void **state)
{
    (void)state;
    uint8_t first[32];
    uint8_t second[32];
    digest_random(first, sizeof first);
    digest_random(second, sizeof second);
    assert_memory_not_equal(first, second, sizeof first);
}

static void names_roles(void **state)
{
    (void)state;
    uint32_t all = 0;
    for (uint32_t role = 1; role <= ROLE_ALL; role <<= 1) {
        const char *text = identity_role_text(role);
        assert_non_null(text);
        assert_int_equal(identity_role_parse(text), role);
        all |= role;
    }
    assert_int_equal(all, ROLE_ALL);
    assert_int_equal(identity_role_parse("kiosk"), ROLE_KIOSK);
    assert_int_equal(identity_role_parse("Kiosk"), 0);
    assert_int_equal(identity_role_parse(""), 0);
    assert_null(identity_role_text(ROLE_KIOSK | ROLE_CLERK));
    assert_null(identity_role_text(0));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hashes_the_standard_examples), cmocka_unit_test(hashes_two_parts_as_one),
        cmocka_unit_test(reads_and_writes_hex),         cmocka_unit_test(compares),
        cmocka_unit_test(random_bytes_differ),          cmocka_unit_test(names_roles),
    };
    return cmocka_run_group_tests_name("digest", tests, NULL, NULL);
}
