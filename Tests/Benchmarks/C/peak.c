// Runs a program to its end and says what it took.
//
//     peak FILE PROGRAM ARGUMENTS...
//
// Writes into FILE: wall and CPU seconds, and the most bytes that were resident. Ends as the program does.
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

int main(int count, char **words) {
    if (count < 3) return 2;
    struct timespec began, ended;
    clock_gettime(CLOCK_MONOTONIC, &began);
    int pid = fork();
    if (pid == 0) {
        execvp(words[2], words + 2);
        _exit(127);
    }
    struct rusage used;
    int status;
    wait4(pid, &status, 0, &used);
    clock_gettime(CLOCK_MONOTONIC, &ended);
    double wall = ended.tv_sec - began.tv_sec + (ended.tv_nsec - began.tv_nsec) / 1e9;
    double cpu = used.ru_utime.tv_sec + used.ru_stime.tv_sec + (used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e6;
    FILE *file = fopen(words[1], "w");
    if (!file) return 1;
    fprintf(file, "%.6f %.6f %.0f\n", wall, cpu, used.ru_maxrss * 1024.0);
    fclose(file);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128;
}
