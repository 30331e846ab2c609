// mbedTLS 2.28 and 3.6 behind one set of names. No logic: each function is one call, or the fixed sequence of
// calls that one purpose needs. Status 0 is success everywhere.
#ifndef CMBEDTLS_H
#define CMBEDTLS_H

#include <mbedtls/gcm.h>
#include <mbedtls/md.h>
#include <mbedtls/platform_util.h>
#include <mbedtls/sha256.h>
#include <mbedtls/sha512.h>
#include <mbedtls/version.h>
#include <stddef.h>

// 3.0 dropped the suffix `_ret` from the hash functions that return a status.
#if MBEDTLS_VERSION_NUMBER >= 0x03000000
#define CM_STATUS(name) name
#else
#define CM_STATUS(name) name##_ret
#endif

static inline void cm_sha512_init(mbedtls_sha512_context *context) { mbedtls_sha512_init(context); }
static inline int cm_sha512_start(mbedtls_sha512_context *context) {
    return CM_STATUS(mbedtls_sha512_starts)(context, 0);
}
static inline int cm_sha512_update(mbedtls_sha512_context *context, const void *bytes, size_t count) {
    return CM_STATUS(mbedtls_sha512_update)(context, (const unsigned char *)bytes, count);
}
static inline int cm_sha512_finish(mbedtls_sha512_context *context, void *digest) {
    return CM_STATUS(mbedtls_sha512_finish)(context, (unsigned char *)digest);
}
static inline void cm_sha512_free(mbedtls_sha512_context *context) { mbedtls_sha512_free(context); }

static inline void cm_sha256_init(mbedtls_sha256_context *context) { mbedtls_sha256_init(context); }
static inline int cm_sha256_start(mbedtls_sha256_context *context) {
    return CM_STATUS(mbedtls_sha256_starts)(context, 0);
}
static inline int cm_sha256_update(mbedtls_sha256_context *context, const void *bytes, size_t count) {
    return CM_STATUS(mbedtls_sha256_update)(context, (const unsigned char *)bytes, count);
}
static inline int cm_sha256_finish(mbedtls_sha256_context *context, void *digest) {
    return CM_STATUS(mbedtls_sha256_finish)(context, (unsigned char *)digest);
}
static inline void cm_sha256_free(mbedtls_sha256_context *context) { mbedtls_sha256_free(context); }

// `code`: 32 bytes.
static inline int cm_hmac_sha256(
    const void *key, size_t key_count, const void *bytes, size_t count, void *code) {
    return mbedtls_md_hmac(
        mbedtls_md_info_from_type(MBEDTLS_MD_SHA256), (const unsigned char *)key, key_count,
        (const unsigned char *)bytes, count, (unsigned char *)code);
}

// AES-256-GCM: key 32 bytes, nonce 12, tag 16.
static inline int cm_gcm_seal(
    const void *key, const void *nonce, const void *data, size_t data_count, const void *plain,
    size_t count, void *sealed, void *tag) {
    mbedtls_gcm_context context;
    mbedtls_gcm_init(&context);
    int status = mbedtls_gcm_setkey(
        &context, MBEDTLS_CIPHER_ID_AES, (const unsigned char *)key, 256);
    if (status == 0)
        status = mbedtls_gcm_crypt_and_tag(
            &context, MBEDTLS_GCM_ENCRYPT, count, (const unsigned char *)nonce, 12,
            (const unsigned char *)data, data_count, (const unsigned char *)plain,
            (unsigned char *)sealed, 16, (unsigned char *)tag);
    mbedtls_gcm_free(&context);
    return status;
}
static inline int cm_gcm_open(
    const void *key, const void *nonce, const void *data, size_t data_count, const void *sealed,
    size_t count, const void *tag, void *plain) {
    mbedtls_gcm_context context;
    mbedtls_gcm_init(&context);
    int status = mbedtls_gcm_setkey(
        &context, MBEDTLS_CIPHER_ID_AES, (const unsigned char *)key, 256);
    if (status == 0)
        status = mbedtls_gcm_auth_decrypt(
            &context, count, (const unsigned char *)nonce, 12, (const unsigned char *)data,
            data_count, (const unsigned char *)tag, 16, (const unsigned char *)sealed,
            (unsigned char *)plain);
    mbedtls_gcm_free(&context);
    return status;
}

// Zeros that the compiler may not leave out.
static inline void cm_zeroize(void *bytes, size_t count) { mbedtls_platform_zeroize(bytes, count); }

#endif
