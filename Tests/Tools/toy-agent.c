// An agent for tests: answers HTTP on 127.0.0.1, as its mode says.
//   toy-agent MODE PORT [IGNORED...]    good | silent | crash | wrong | refused | dies (works for 5 s) | garbage | slow
// Built with -DMODE=... it takes no mode and reads the port from --web.listen-address=ADDRESS:PORT.
#include <arpa/inet.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static int port = 9100;

int main(int count, char **words) {
#ifdef MODE
    const char *mode = MODE;
#else
    const char *mode = count > 1 ? words[1] : "good";
    if (count > 2) port = atoi(words[2]);
#endif
    for (int i = 1; i < count; i++) {
        const char *flag = "--web.listen-address=";
        char *colon = strrchr(words[i], ':');
        if (strncmp(words[i], flag, strlen(flag)) == 0 && colon) port = atoi(colon + 1);
    }
    signal(SIGPIPE, SIG_IGN);
    if (!strcmp(mode, "crash")) return 3;
    if (!strcmp(mode, "silent")) for (;;) pause();
    time_t begin = time(NULL);
    int server = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), on = 1;
    setsockopt(server, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    if (bind(server, (struct sockaddr *)&address, sizeof address) < 0 || listen(server, 16) < 0) return perror("listen"), 1;
    for (;;) {
        fd_set set;
        struct timeval limit = {.tv_usec = 200000};
        FD_ZERO(&set);
        FD_SET(server, &set);
        if (!strcmp(mode, "dies") && time(NULL) - begin >= 5) return 3;
        if (select(server + 1, &set, NULL, NULL, &limit) <= 0) continue;
        int client = accept(server, NULL, NULL);
        if (client < 0) continue;
        char buffer[4096];
        if (read(client, buffer, sizeof buffer) < 0) buffer[0] = 0;
        const char *body = "node_exporter_build_info{version=\"toy\"} 1\n", *status = "200 OK";
        if (!strcmp(mode, "wrong")) body = "nothing to see\n";
        if (!strcmp(mode, "refused")) status = "503 Service Unavailable";
        if (!strcmp(mode, "garbage")) {
            for (int i = 0; i < 4096; i++) dprintf(client, "garbage garbage garbage garbage garbage garbage garbage garbage\n");
        } else if (!strcmp(mode, "slow")) {
            sleep(20);
        } else {
            dprintf(client, "HTTP/1.1 %s\r\nContent-Length: %zu\r\n\r\n%s", status, strlen(body), body);
        }
        close(client);
    }
}
