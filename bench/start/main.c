/*
 * Cold start: from exec to the first answer that a client holds in full. Usage:
 *   start PORT CPU REQUEST-FILE COMMAND [ARGUMENT]...
 * Prints microseconds from just before fork until PORT was accepting and until the answer was complete, and ends what
 * it started. Exit 1 when there was no 200 within a minute.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { MOST_US = 60 * 1000000, PAUSE_US = 50 };

static char request[64 * 1024];
static size_t request_length;
static int64_t listened;

static int64_t now_us(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static void become(int cpu, char **command) {
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET(cpu, &set);
    sched_setaffinity(0, sizeof set, &set);
    setpgid(0, 0);
    int nowhere = open("/dev/null", O_RDWR);
    dup2(nowhere, STDIN_FILENO);
    dup2(nowhere, STDOUT_FILENO);
    dup2(nowhere, STDERR_FILENO);
    execvp(command[0], command);
    _exit(127);
}

/* True when a whole answer with status 200 came: chunked, or to the end of the connection. */
static bool is_answered(int fd) {
    char answer[256 * 1024];
    size_t have = 0;
    if (send(fd, request, request_length, MSG_NOSIGNAL) != (ssize_t)request_length) return false;
    for (;;) {
        struct pollfd readable = {.fd = fd, .events = POLLIN};
        if (poll(&readable, 1, 10000) != 1) return false;
        ssize_t got = recv(fd, answer + have, sizeof answer - have, 0);
        if (got < 0) return false;
        have += (size_t)got;
        if (have > 12 && memcmp(answer + 9, "200", 3)) return false;
        if (have > 5 && !memcmp(answer + have - 5, "0\r\n\r\n", 5)) return true;
        if (!got || have == sizeof answer) return have > 12;
    }
}

static bool try(const struct sockaddr_in *address) {
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    bool done = false;
    if (!connect(fd, (const struct sockaddr *)address, sizeof *address)) {
        if (!listened) listened = now_us();
        done = is_answered(fd);
    }
    close(fd);
    return done;
}

int main(int count, char **words) {
    if (count < 5) {
        fputs("usage: start PORT CPU REQUEST-FILE COMMAND [ARGUMENT]...\n", stderr);
        return 2;
    }
    FILE *file = fopen(words[3], "re");
    if (file) request_length = fread(request, 1, sizeof request, file);
    struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK), .sin_port = htons((uint16_t)atoi(words[1]))};
    prctl(PR_SET_TIMERSLACK, 1000);
    int64_t begun = now_us();
    pid_t child = fork();
    if (!child) become(atoi(words[2]), words + 4);
    bool done = false;
    while (!(done = try(&address)) && now_us() - begun < MOST_US && waitpid(child, NULL, WNOHANG) == 0)
        usleep(PAUSE_US);
    int64_t served = now_us();
    if (done)
        printf("{\"listen_us\":%lld,\"served_us\":%lld}\n", (long long)(listened - begun), (long long)(served - begun));
    kill(-child, SIGKILL);
    waitpid(child, NULL, 0);
    return !done;
}
