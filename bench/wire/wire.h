/* Bytes over a socket, in clear or, in the programs that are linked with OpenSSL, through TLS. */
#ifndef BENCH_WIRE_H
#define BENCH_WIRE_H

#include <stdbool.h>
#include <sys/types.h>

struct wire {
    int fd;
    void *tls;
    bool wants_input; /* the last `wire_send` cannot go on before bytes have come in */
};

/* Every connection of the process speaks TLS from now on. False where it cannot. */
bool wire_serve_tls(const char *certificate, const char *key);
/* `resume`: sessions are taken up again where the server offers it. */
bool wire_call_tls(const char *authority, bool resume);

struct wire wire_accepted(int fd);
struct wire wire_called(int fd);
/* As send(2) and recv(2): -1 with EAGAIN when it would block. */
ssize_t wire_send(struct wire *w, const void *data, size_t length);
ssize_t wire_recv(struct wire *w, void *data, size_t length);
/* Before the descriptor is closed. */
void wire_end(struct wire *w);

#endif
