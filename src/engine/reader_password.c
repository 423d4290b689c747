/* reader_password: yescrypt by libcrypt, at its default cost.
 *
 * The parameters stand in the hash itself, so a later default applies to new passwords and old ones
 * stay valid. The working area holds traces of the password: it is wiped before it is given back.
 */
#include "reader.h"

#include <crypt.h>
#include <stdlib.h>
#include <string.h>

#define PASSWORD_TEXT_SIZE 128 /* as in struct store_user; a yescrypt hash has some 75 bytes */

/* crypt_rn() into an area of our own. `text` gets the hash. */
static enum err run_crypt(const char *password, const char *setting, char *text)
{
    struct crypt_data *data = calloc(1, sizeof *data);
    if (data == NULL) {
        return ERR_NO_MEMORY;
    }
    const char *hash = crypt_rn(password, setting, data, (int)sizeof *data);
    enum err err = ERR_INTERNAL;
    if (hash != NULL) {
        err = text_copy(text, PASSWORD_TEXT_SIZE, hash);
    }
    explicit_bzero(data, sizeof *data);
    free(data);
    return err;
}

enum err password_hash(const char *password, char *text)
{
    char setting[CRYPT_GENSALT_OUTPUT_SIZE];
    if (crypt_gensalt_rn("$y$", 0, NULL, 0, setting, (int)sizeof setting) == NULL) {
        return ERR_INTERNAL;
    }
    return run_crypt(password, setting, text);
}

bool password_check(const char *password, const char *text)
{
    char hash[PASSWORD_TEXT_SIZE];
    if (strncmp(text, "$y$", 3) != 0 || run_crypt(password, text, hash) != ERR_NONE) {
        return false;
    }
    size_t length = strlen(text);
    return strlen(hash) == length && digest_equal(hash, text, length);
}
