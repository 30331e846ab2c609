// What the archive of mbedTLS 2.28 would bring along and nobody here uses. Its objects are not compiled in
// sections, so whatever one function names is linked whole; a symbol that is defined here keeps its object out.
// 170 KiB less, and what is not linked cannot be negotiated. (3.6 has none of it.)
#include <mbedtls/version.h>

#if MBEDTLS_VERSION_NUMBER < 0x03000000
#include <mbedtls/aes.h>
#include <mbedtls/ccm.h>
#include <mbedtls/chachapoly.h>
#include <mbedtls/cipher.h>
#include <mbedtls/cipher_internal.h>
#include <mbedtls/des.h>
#include <mbedtls/dhm.h>
#include <mbedtls/gcm.h>
#include <mbedtls/md.h>
#include <mbedtls/pkcs12.h>
#include <mbedtls/pkcs5.h>
#include <mbedtls/ssl.h>
#include <stdlib.h>

#pragma clang diagnostic ignored "-Wunused-parameter"

// MARK: The ciphers: AES-GCM with the block cipher below it, and ChaCha20-Poly1305.
// (Left out: ARIA, ARC4, Blowfish, Camellia, CCM, DES, 3DES and all other modes.)

static int aes_block(void *aes, mbedtls_operation_t mode, const unsigned char *in, unsigned char *out) {
    return mbedtls_aes_crypt_ecb(aes, mode, in, out);
}
static int aes_key_to_encrypt(void *aes, const unsigned char *key, unsigned int bits) {
    return mbedtls_aes_setkey_enc(aes, key, bits);
}
static int aes_key_to_decrypt(void *aes, const unsigned char *key, unsigned int bits) {
    return mbedtls_aes_setkey_dec(aes, key, bits);
}
static void *aes_new(void) {
    mbedtls_aes_context *made = calloc(1, sizeof *made);
    if (made) mbedtls_aes_init(made);
    return made;
}
static void aes_free(void *aes) {
    mbedtls_aes_free(aes);
    free(aes);
}
static const mbedtls_cipher_base_t aes = {
    .cipher = MBEDTLS_CIPHER_ID_AES,
    .ecb_func = aes_block,
    .setkey_enc_func = aes_key_to_encrypt,
    .setkey_dec_func = aes_key_to_decrypt,
    .ctx_alloc_func = aes_new,
    .ctx_free_func = aes_free,
};

static int gcm_key(void *gcm, const unsigned char *key, unsigned int bits) {
    return mbedtls_gcm_setkey(gcm, MBEDTLS_CIPHER_ID_AES, key, bits);
}
static void *gcm_new(void) {
    mbedtls_gcm_context *made = calloc(1, sizeof *made);
    if (made) mbedtls_gcm_init(made);
    return made;
}
static void gcm_free(void *gcm) {
    mbedtls_gcm_free(gcm);
    free(gcm);
}
static const mbedtls_cipher_base_t gcm = {
    .cipher = MBEDTLS_CIPHER_ID_AES,
    .setkey_enc_func = gcm_key,
    .setkey_dec_func = gcm_key,
    .ctx_alloc_func = gcm_new,
    .ctx_free_func = gcm_free,
};

static int chacha_key(void *chacha, const unsigned char *key, unsigned int bits) {
    if (bits != 256) return MBEDTLS_ERR_CIPHER_BAD_INPUT_DATA;
    return mbedtls_chachapoly_setkey(chacha, key) == 0 ? 0 : MBEDTLS_ERR_CIPHER_BAD_INPUT_DATA;
}
static void *chacha_new(void) {
    mbedtls_chachapoly_context *made = calloc(1, sizeof *made);
    if (made) mbedtls_chachapoly_init(made);
    return made;
}
static void chacha_free(void *chacha) {
    mbedtls_chachapoly_free(chacha);
    free(chacha);
}
static const mbedtls_cipher_base_t chacha = {
    .cipher = MBEDTLS_CIPHER_ID_CHACHA20,
    .setkey_enc_func = chacha_key,
    .setkey_dec_func = chacha_key,
    .ctx_alloc_func = chacha_new,
    .ctx_free_func = chacha_free,
};

#define BLOCK(bits)                                                                                  \
    {                                                                                                \
        MBEDTLS_CIPHER_AES_##bits##_ECB, MBEDTLS_MODE_ECB, bits, "AES-" #bits "-ECB", 0, 0, 16, &aes \
    }
#define GCM(bits)                                                                        \
    {                                                                                    \
        MBEDTLS_CIPHER_AES_##bits##_GCM, MBEDTLS_MODE_GCM, bits, "AES-" #bits "-GCM", 12, \
            MBEDTLS_CIPHER_VARIABLE_IV_LEN, 16, &gcm                                     \
    }
static const mbedtls_cipher_info_t infos[] = {
    BLOCK(128), BLOCK(192), BLOCK(256), GCM(128), GCM(192), GCM(256),
    {MBEDTLS_CIPHER_CHACHA20_POLY1305, MBEDTLS_MODE_CHACHAPOLY, 256, "CHACHA20-POLY1305", 12, 0, 1, &chacha},
};
const mbedtls_cipher_definition_t mbedtls_cipher_definitions[] = {
    {MBEDTLS_CIPHER_AES_128_ECB, &infos[0]}, {MBEDTLS_CIPHER_AES_192_ECB, &infos[1]},
    {MBEDTLS_CIPHER_AES_256_ECB, &infos[2]}, {MBEDTLS_CIPHER_AES_128_GCM, &infos[3]},
    {MBEDTLS_CIPHER_AES_192_GCM, &infos[4]}, {MBEDTLS_CIPHER_AES_256_GCM, &infos[5]},
    {MBEDTLS_CIPHER_CHACHA20_POLY1305, &infos[6]}, {MBEDTLS_CIPHER_NONE, NULL},
};
int mbedtls_cipher_supported[sizeof mbedtls_cipher_definitions / sizeof *mbedtls_cipher_definitions];

// Named by the cipher layer, used by none of the ciphers above.
int mbedtls_ccm_encrypt_and_tag(
    mbedtls_ccm_context *ccm, size_t count, const unsigned char *nonce, size_t nonce_count,
    const unsigned char *added, size_t added_count, const unsigned char *in, unsigned char *out,
    unsigned char *tag, size_t tag_count) {
    return MBEDTLS_ERR_CIPHER_FEATURE_UNAVAILABLE;
}
int mbedtls_ccm_auth_decrypt(
    mbedtls_ccm_context *ccm, size_t count, const unsigned char *nonce, size_t nonce_count,
    const unsigned char *added, size_t added_count, const unsigned char *in, unsigned char *out,
    const unsigned char *tag, size_t tag_count) {
    return MBEDTLS_ERR_CIPHER_FEATURE_UNAVAILABLE;
}

// MARK: The suites of TLS 1.2 that tls.c offers; the library knows 140 more.

#define SUITE(id, name, bulk, digest, signing)                                                  \
    {                                                                                           \
        id, name, MBEDTLS_CIPHER_##bulk, MBEDTLS_MD_##digest, MBEDTLS_KEY_EXCHANGE_##signing,   \
            MBEDTLS_SSL_MAJOR_VERSION_3, MBEDTLS_SSL_MINOR_VERSION_3, MBEDTLS_SSL_MAJOR_VERSION_3, \
            MBEDTLS_SSL_MINOR_VERSION_3, 0                                                      \
    }
static const mbedtls_ssl_ciphersuite_t suites[] = {
    SUITE(MBEDTLS_TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, "TLS-ECDHE-ECDSA-WITH-AES-128-GCM-SHA256",
          AES_128_GCM, SHA256, ECDHE_ECDSA),
    SUITE(MBEDTLS_TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256, "TLS-ECDHE-RSA-WITH-AES-128-GCM-SHA256",
          AES_128_GCM, SHA256, ECDHE_RSA),
    SUITE(MBEDTLS_TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384, "TLS-ECDHE-ECDSA-WITH-AES-256-GCM-SHA384",
          AES_256_GCM, SHA384, ECDHE_ECDSA),
    SUITE(MBEDTLS_TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384, "TLS-ECDHE-RSA-WITH-AES-256-GCM-SHA384",
          AES_256_GCM, SHA384, ECDHE_RSA),
    SUITE(MBEDTLS_TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256,
          "TLS-ECDHE-ECDSA-WITH-CHACHA20-POLY1305-SHA256", CHACHA20_POLY1305, SHA256, ECDHE_ECDSA),
    SUITE(MBEDTLS_TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
          "TLS-ECDHE-RSA-WITH-CHACHA20-POLY1305-SHA256", CHACHA20_POLY1305, SHA256, ECDHE_RSA),
};

const mbedtls_ssl_ciphersuite_t *mbedtls_ssl_ciphersuite_from_id(int id) {
    for (size_t index = 0; index < sizeof suites / sizeof *suites; index++)
        if (suites[index].id == id) return &suites[index];
    return NULL;
}
const char *mbedtls_ssl_get_ciphersuite_name(const int id) {
    const mbedtls_ssl_ciphersuite_t *suite = mbedtls_ssl_ciphersuite_from_id(id);
    return suite ? suite->name : "unknown";
}
// The default before tls.c sets its own order.
const int *mbedtls_ssl_list_ciphersuites(void) {
    static const int none[] = {0};
    return none;
}
mbedtls_pk_type_t mbedtls_ssl_get_ciphersuite_sig_pk_alg(const mbedtls_ssl_ciphersuite_t *suite) {
    return suite->key_exchange == MBEDTLS_KEY_EXCHANGE_ECDHE_RSA ? MBEDTLS_PK_RSA : MBEDTLS_PK_ECDSA;
}
mbedtls_pk_type_t mbedtls_ssl_get_ciphersuite_sig_alg(const mbedtls_ssl_ciphersuite_t *suite) {
    return mbedtls_ssl_get_ciphersuite_sig_pk_alg(suite);
}
int mbedtls_ssl_ciphersuite_uses_ec(const mbedtls_ssl_ciphersuite_t *suite) { return 1; }
int mbedtls_ssl_ciphersuite_uses_psk(const mbedtls_ssl_ciphersuite_t *suite) { return 0; }

// MARK: Diffie-Hellman without curves, which none of the suites does.

void mbedtls_dhm_init(mbedtls_dhm_context *dhm) {}
void mbedtls_dhm_free(mbedtls_dhm_context *dhm) {}
int mbedtls_dhm_set_group(mbedtls_dhm_context *dhm, const mbedtls_mpi *p, const mbedtls_mpi *g) {
    return MBEDTLS_ERR_DHM_BAD_INPUT_DATA;
}
int mbedtls_dhm_read_params(mbedtls_dhm_context *dhm, unsigned char **at, const unsigned char *end) {
    return MBEDTLS_ERR_DHM_BAD_INPUT_DATA;
}
int mbedtls_dhm_read_public(mbedtls_dhm_context *dhm, const unsigned char *in, size_t count) {
    return MBEDTLS_ERR_DHM_BAD_INPUT_DATA;
}
int mbedtls_dhm_make_params(
    mbedtls_dhm_context *dhm, int private_count, unsigned char *out, size_t *count,
    int (*random)(void *, unsigned char *, size_t), void *state) {
    return MBEDTLS_ERR_DHM_BAD_INPUT_DATA;
}
int mbedtls_dhm_make_public(
    mbedtls_dhm_context *dhm, int private_count, unsigned char *out, size_t count,
    int (*random)(void *, unsigned char *, size_t), void *state) {
    return MBEDTLS_ERR_DHM_BAD_INPUT_DATA;
}
int mbedtls_dhm_calc_secret(
    mbedtls_dhm_context *dhm, unsigned char *out, size_t room, size_t *count,
    int (*random)(void *, unsigned char *, size_t), void *state) {
    return MBEDTLS_ERR_DHM_BAD_INPUT_DATA;
}

// MARK: Keys under a password. Nobody is asked for one, so such a key is refused before it gets here.

int mbedtls_pkcs5_pbes2(
    const mbedtls_asn1_buf *parameters, int mode, const unsigned char *password, size_t password_count,
    const unsigned char *in, size_t count, unsigned char *out) {
    return MBEDTLS_ERR_PKCS5_FEATURE_UNAVAILABLE;
}
int mbedtls_pkcs12_pbe(
    mbedtls_asn1_buf *parameters, int mode, mbedtls_cipher_type_t cipher, mbedtls_md_type_t digest,
    const unsigned char *password, size_t password_count, const unsigned char *in, size_t count,
    unsigned char *out) {
    return MBEDTLS_ERR_PKCS12_FEATURE_UNAVAILABLE;
}
int mbedtls_pkcs12_pbe_sha1_rc4_128(
    mbedtls_asn1_buf *parameters, int mode, const unsigned char *password, size_t password_count,
    const unsigned char *in, size_t count, unsigned char *out) {
    return MBEDTLS_ERR_PKCS12_FEATURE_UNAVAILABLE;
}
void mbedtls_des_init(mbedtls_des_context *des) {}
void mbedtls_des_free(mbedtls_des_context *des) {}
void mbedtls_des3_init(mbedtls_des3_context *des) {}
void mbedtls_des3_free(mbedtls_des3_context *des) {}
int mbedtls_des_setkey_dec(mbedtls_des_context *des, const unsigned char key[MBEDTLS_DES_KEY_SIZE]) {
    return MBEDTLS_ERR_DES_INVALID_INPUT_LENGTH;
}
int mbedtls_des3_set3key_dec(
    mbedtls_des3_context *des, const unsigned char key[MBEDTLS_DES_KEY_SIZE * 3]) {
    return MBEDTLS_ERR_DES_INVALID_INPUT_LENGTH;
}
int mbedtls_des_crypt_cbc(
    mbedtls_des_context *des, int mode, size_t count, unsigned char iv[8], const unsigned char *in,
    unsigned char *out) {
    return MBEDTLS_ERR_DES_INVALID_INPUT_LENGTH;
}
int mbedtls_des3_crypt_cbc(
    mbedtls_des3_context *des, int mode, size_t count, unsigned char iv[8], const unsigned char *in,
    unsigned char *out) {
    return MBEDTLS_ERR_DES_INVALID_INPUT_LENGTH;
}

// MARK: Certificates and keys of the library's own tests, 54 KiB.

const char *mbedtls_test_ca_crt = "", *mbedtls_test_cli_crt = "";
const size_t mbedtls_test_ca_crt_len = 0, mbedtls_test_cli_crt_len = 0;

// MARK: Debugging output, which nobody asks for and which could hold secrets.

void mbedtls_debug_set_threshold(int threshold) { (void)threshold; }
#define SILENT(name, ...) \
    void name(const mbedtls_ssl_context *ssl, int level, const char *file, int line, __VA_ARGS__) { \
        (void)ssl, (void)level, (void)file, (void)line;                                             \
    }
SILENT(mbedtls_debug_print_msg, const char *format, ...)
SILENT(mbedtls_debug_print_ret, const char *text, int ret)
SILENT(mbedtls_debug_print_buf, const char *text, const unsigned char *bytes, size_t count)
SILENT(mbedtls_debug_print_mpi, const char *text, const mbedtls_mpi *value)
SILENT(mbedtls_debug_print_ecp, const char *text, const mbedtls_ecp_point *point)
SILENT(mbedtls_debug_print_crt, const char *text, const mbedtls_x509_crt *certificate)
SILENT(mbedtls_debug_printf_ecdh, const mbedtls_ecdh_context *ecdh, int attribute)

// MARK: Digests that neither a certificate nor a handshake is accepted with: MD2, MD4, MD5, RIPEMD-160, SHA-1.

#define NO_DIGEST(name)                                                                             \
    void mbedtls_##name##_init(void *context) {}                                                    \
    void mbedtls_##name##_free(void *context) {}                                                    \
    void mbedtls_##name##_clone(void *to, const void *from) {}                                      \
    int mbedtls_##name##_starts_ret(void *context) { return MBEDTLS_ERR_MD_FEATURE_UNAVAILABLE; }   \
    int mbedtls_##name##_update_ret(void *context, const unsigned char *in, size_t count) {         \
        return MBEDTLS_ERR_MD_FEATURE_UNAVAILABLE;                                                  \
    }                                                                                               \
    int mbedtls_##name##_finish_ret(void *context, unsigned char *out) {                            \
        return MBEDTLS_ERR_MD_FEATURE_UNAVAILABLE;                                                  \
    }                                                                                               \
    int mbedtls_internal_##name##_process(void *context, const unsigned char *block) {              \
        return MBEDTLS_ERR_MD_FEATURE_UNAVAILABLE;                                                  \
    }                                                                                               \
    int mbedtls_##name##_ret(const unsigned char *in, size_t count, unsigned char *out) {           \
        return MBEDTLS_ERR_MD_FEATURE_UNAVAILABLE;                                                  \
    }
NO_DIGEST(md2)
NO_DIGEST(md4)
NO_DIGEST(md5)
NO_DIGEST(ripemd160)
NO_DIGEST(sha1)
#endif
