// What libuv's archive would bring along and nobody here uses, 38 KiB: files through its thread pool, watching of
// files, child processes, datagrams and terminals. Its objects are linked whole, and closing a handle names every
// kind there is. Weak, so that whoever starts to use a kind gets the library's own.
#ifdef TINYGATEWAY_EMBEDDED
#include <errno.h>

// No such handle is ever made, so none is ever closed.
#define NEVER_CLOSED(name) \
    __attribute__((weak)) void name(void) { __builtin_trap(); }
NEVER_CLOSED(uv__fs_event_close)
NEVER_CLOSED(uv__fs_poll_close)
NEVER_CLOSED(uv__process_close)
NEVER_CLOSED(uv__udp_close)
NEVER_CLOSED(uv__udp_finish_close)

#define UNAVAILABLE(name) \
    __attribute__((weak)) int name(void) { return -ENOSYS; }
UNAVAILABLE(uv__inotify_fork)
UNAVAILABLE(uv__udp_bind)
UNAVAILABLE(uv__udp_connect)
UNAVAILABLE(uv__udp_disconnect)
UNAVAILABLE(uv__udp_init_ex)
UNAVAILABLE(uv__udp_recv_start)
UNAVAILABLE(uv__udp_recv_stop)
UNAVAILABLE(uv__udp_send)
UNAVAILABLE(uv__udp_try_send)
UNAVAILABLE(uv_udp_getpeername)
UNAVAILABLE(uv_udp_open)

// What kind of file a descriptor is, which is asked when descriptors are passed through a pipe: UV_UNKNOWN_HANDLE.
__attribute__((weak)) int uv_guess_handle(int descriptor) { return (void)descriptor, 0; }
#endif
