/* A process whose main thread ends first: the last one to end is a thread of another name. */
#define _GNU_SOURCE
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static int main_thread_is_gone(void)
{
	char path[64], line[256] = "";
	FILE *file;

	snprintf(path, sizeof(path), "/proc/self/task/%d/stat", getpid());
	file = fopen(path, "r");
	if (!file || !fgets(line, sizeof(line), file))
		return 0;
	fclose(file);
	return strstr(line, ") Z") != NULL;
}

static void *work(void *unused)
{
	pthread_setname_np(pthread_self(), "last-worker");
	while (!main_thread_is_gone())
		usleep(1000);
	syscall(SYS_exit, 0);
	return unused;
}

int main(void)
{
	pthread_t thread;

	if (pthread_create(&thread, NULL, work, NULL))
		return 1;
	syscall(SYS_exit, 0);
}
