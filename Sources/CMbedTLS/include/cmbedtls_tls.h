// TLS for streams that are fed and emptied by their owner: mbedTLS 2.28 (TLS 1.2) and 3.6 (1.2 and 1.3) behind
// one set of names. The types are opaque, so no field of either version is touched from Swift. No policy but the
// lists of what may be negotiated, which differ between the versions; no I/O at all.
#ifndef CMBEDTLS_TLS_H
#define CMBEDTLS_TLS_H

#include <stddef.h>
#include <stdint.h>

// What a call reports when it is neither success nor a count.
enum {
    CM_TLS_OK = 0,
    // More ciphertext has to arrive first.
    CM_TLS_NEEDS_INPUT = 1,
    // The output has no room: empty it and call again with the same arguments.
    CM_TLS_NEEDS_ROOM = 2,
    // The peer has said close_notify.
    CM_TLS_CLOSED = 3,
    // A session that can be used again has arrived (TLS 1.3); call again.
    CM_TLS_NEW_SESSION = 4,
    // The input has ended without close_notify.
    CM_TLS_TRUNCATED = 5,
    // `cm_stream_faults` says what is wrong with the peer's certificate.
    CM_TLS_UNTRUSTED = 6,
    // The peer refused by an alert.
    CM_TLS_REFUSED = 7,
    // The peer offers nothing that we accept: version, cipher suite, curve, or application protocol.
    CM_TLS_NOTHING_SHARED = 8,
    // Anything else: broken records, no memory.
    CM_TLS_BROKEN = 9,
};

// What is wrong with a certificate, as bits.
enum {
    CM_FAULT_EXPIRED = 1,
    CM_FAULT_NOT_YET_VALID = 2,
    CM_FAULT_OTHER_HOST = 4,
    CM_FAULT_UNKNOWN_ISSUER = 8,
    CM_FAULT_SELF_SIGNED = 16,
    CM_FAULT_REVOKED = 32,
    // A key too short, a digest too weak, or a usage that does not fit.
    CM_FAULT_WEAK = 64,
    CM_FAULT_OTHER = 128,
};

// Whether the CPU computes AES and its GCM itself.
int cm_has_aes(void);

// Certificates: our own chain, or the roots we trust. `text`: PEM with its final NUL, which `count` includes.
typedef struct cm_certificates cm_certificates;
cm_certificates *cm_certificates_new(void);
void cm_certificates_free(cm_certificates *certificates);
// The number of certificates that could not be read, or a negative status when none could.
int cm_certificates_add(cm_certificates *certificates, const void *text, size_t count);
// Of the first one: bits of CM_FAULT_EXPIRED and CM_FAULT_NOT_YET_VALID.
int cm_certificates_date_faults(const cm_certificates *certificates);

// A private key. `text` as above.
typedef struct cm_key cm_key;
cm_key *cm_key_new(void);
void cm_key_free(cm_key *key);
int cm_key_parse(cm_key *key, const void *text, size_t count);
// 0 when the key is the certificate's.
int cm_key_matches(cm_key *key, const cm_certificates *certificates);

// What connections have in common. It borrows its certificates and key: they have to live as long.
typedef struct cm_config cm_config;
// Tickets are sealed under keys that are replaced every `ticket_seconds`, and opened for as long again.
cm_config *cm_config_server(cm_certificates *chain, cm_key *key, uint32_t ticket_seconds);
cm_config *cm_config_client(cm_certificates *roots);
void cm_config_free(cm_config *config);

// What a client remembers of a server, so that its next handshake is short.
typedef struct cm_session cm_session;
void cm_session_free(cm_session *session);

// One connection.
typedef struct cm_stream cm_stream;
// `host`: for a client, the name that is asked for and verified; for a server NULL.
cm_stream *cm_stream_new(cm_config *config, const char *host);
// Zeroes what it frees.
void cm_stream_free(cm_stream *stream);
// The ciphertext that has arrived, lent until the next call of this.
void cm_stream_set_input(cm_stream *stream, const void *bytes, size_t count);
// No more will arrive.
void cm_stream_end_input(cm_stream *stream);
size_t cm_stream_input_left(const cm_stream *stream);
// Where ciphertext is put, from its start; lent until the next call of this.
void cm_stream_set_output(cm_stream *stream, void *bytes, size_t capacity);
size_t cm_stream_output_used(const cm_stream *stream);
void cm_stream_resume(cm_stream *stream, const cm_session *session);
int cm_stream_handshake(cm_stream *stream);
// Bytes read are put into `count`; it is 0 unless the result is CM_TLS_OK.
int cm_stream_read(cm_stream *stream, void *bytes, size_t capacity, size_t *count);
int cm_stream_write(cm_stream *stream, const void *bytes, size_t capacity, size_t *count);
int cm_stream_close_notify(cm_stream *stream);
int cm_stream_faults(const cm_stream *stream);
// NULL when there is nothing to remember.
cm_session *cm_stream_session(const cm_stream *stream);

#endif
