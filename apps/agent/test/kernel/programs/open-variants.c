/*
 * Opens files by every system call that does so, through the 64-bit table and through the 32-bit one, and prints a
 * line for each: compat (0 or 1), number, path, flags, mode, directory, result. What it prints is what it passed.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define NR32_OPEN 5
#define NR32_CREAT 8
#define NR32_OPENAT 295
#define NR32_OPENAT2 437

/* Whoever makes a 32-bit call from 64-bit code passes pointers that fit into half a register. */
static long call32(long nr, long a, long b, long c, long d)
{
	long result;

	__asm__ volatile("int $0x80"
			 : "=a"(result)
			 : "a"(nr), "b"(a), "c"(b), "d"(c), "S"(d)
			 : "memory", "r8", "r9", "r10", "r11");
	return result;
}

static long call64(long nr, long a, long b, long c, long d)
{
	long result = syscall(nr, a, b, c, d);

	return result < 0 ? -errno : result;
}

static void told(int compat, long nr, const char *path, long flags, long mode, long dir, long result)
{
	printf("%d %ld %s %ld %ld %ld %ld\n", compat, nr, path, flags, mode, dir, result);
	if (result >= 0)
		close(result);
}

int main(int argc, char **argv)
{
	const long make = O_CREAT | O_WRONLY, look = O_RDONLY, cut = O_CREAT | O_WRONLY | O_TRUNC;
	struct open_how *how;
	char *path;
	long dir, p;

	if (argc != 2 || chdir(argv[1]))
		return 1;
	umask(0);
	dir = open(".", O_PATH);
	how = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);
	if (how == MAP_FAILED || dir < 0)
		return 1;
	path = (char *)(how + 1);
	p = (long)path;

	strcpy(path, "a");
	told(0, SYS_open, path, make, 0640, AT_FDCWD, call64(SYS_open, p, make, 0640, 0));
	strcpy(path, "a-missing");
	told(0, SYS_open, path, look, 0, AT_FDCWD, call64(SYS_open, p, look, 0640, 0));
	strcpy(path, "b");
	told(0, SYS_creat, path, cut, 0604, AT_FDCWD, call64(SYS_creat, p, 0604, 0, 0));
	strcpy(path, "c");
	told(0, SYS_openat, path, make, 0600, dir, call64(SYS_openat, dir, p, make, 0600));
	*how = (struct open_how){ .flags = make, .mode = 0644 };
	strcpy(path, "d");
	told(0, SYS_openat2, path, make, 0644, dir,
	     call64(SYS_openat2, dir, p, (long)how, sizeof(*how)));

	/* The 32-bit calls add nothing to the flags but what was passed: O_LARGEFILE stands beside them. */
	strcpy(path, "e");
	told(1, NR32_OPEN, path, make, 0640, AT_FDCWD, call32(NR32_OPEN, p, make, 0640, 0));
	strcpy(path, "e-missing");
	told(1, NR32_OPEN, path, look, 0, AT_FDCWD, call32(NR32_OPEN, p, look, 0640, 0));
	strcpy(path, "f");
	told(1, NR32_CREAT, path, cut, 0604, AT_FDCWD, call32(NR32_CREAT, p, 0604, 0, 0));
	strcpy(path, "g");
	told(1, NR32_OPENAT, path, make, 0600, dir, call32(NR32_OPENAT, dir, p, make, 0600));
	strcpy(path, "h");
	told(1, NR32_OPENAT2, path, make, 0644, dir,
	     call32(NR32_OPENAT2, dir, p, (long)how, sizeof(*how)));
	return 0;
}
