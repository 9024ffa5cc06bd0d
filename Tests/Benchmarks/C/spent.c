// Runs a program in the terminal it is given, for some seconds, and says what it took.
//
//     spent SECONDS FILE PROGRAM ARGUMENTS...
//
// Writes into FILE: CPU seconds of the whole process, start and end included, bytes resident at the end of the time,
// and the most that were. Then the program is ended by SIGTERM.
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double kilobytes(int pid, const char *name) {
    char path[64], line[256];
    double value = 0;
    snprintf(path, sizeof path, "/proc/%d/status", pid);
    FILE *file = fopen(path, "r");
    while (file && fgets(line, sizeof line, file))
        if (!strncmp(line, name, strlen(name))) value = atof(line + strlen(name));
    if (file) fclose(file);
    return value;
}

int main(int count, char **words) {
    if (count < 4) return 2;
    int pid = fork();
    if (pid == 0) {
        execvp(words[3], words + 3);
        _exit(127);
    }
    struct timespec end = {atol(words[1]), 0};
    while (nanosleep(&end, &end)) {}
    double resident = kilobytes(pid, "VmRSS:"), most = kilobytes(pid, "VmHWM:");
    kill(pid, SIGTERM);
    struct rusage used;
    int status;
    wait4(pid, &status, 0, &used);
    double cpu = used.ru_utime.tv_sec + used.ru_stime.tv_sec + (used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e6;
    char draft[4096];
    snprintf(draft, sizeof draft, "%s.draft", words[2]);
    FILE *file = fopen(draft, "w");
    if (!file) return 1;
    fprintf(file, "%.6f %.0f %.0f\n", cpu, resident * 1024, most * 1024);
    fclose(file);
    return rename(draft, words[2]) != 0;
}
