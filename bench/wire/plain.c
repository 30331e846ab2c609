#include "wire.h"

#include <stddef.h>
#include <sys/socket.h>

bool wire_serve_tls(const char *certificate, const char *key) { return !certificate && !key; }
bool wire_call_tls(const char *authority, bool resume) { return !authority && !resume; }
struct wire wire_accepted(int fd) { return (struct wire){.fd = fd}; }
struct wire wire_called(int fd) { return (struct wire){.fd = fd}; }
ssize_t wire_send(struct wire *w, const void *data, size_t length) { return send(w->fd, data, length, MSG_NOSIGNAL); }
ssize_t wire_recv(struct wire *w, void *data, size_t length) { return recv(w->fd, data, length, 0); }
void wire_end(struct wire *w) { w->fd = -1; }
