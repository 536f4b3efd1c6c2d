/** Who lives on the synthetic host: daemons that stay, programs that come and go, what they open and whom they talk to. */
import { type ControlGroup, ControlGroups } from './groups.ts'

export interface Daemon {
  comm: string
  uid: number
  group: ControlGroup
  /** Whom the programs that it starts run as, where that is not itself. */
  children?: { uid: number; group: ControlGroup }
  /** How much of the host's system calls it makes, relative to the others. */
  weight: number
  /** System call numbers (x86-64) it lives on. */
  calls: readonly number[]
  /** Starts programs, accepts connections, or neither. */
  role: 'launches' | 'serves' | 'works'
  port: number
}

const READ = 0
const WRITE = 1
const POLL = 7
const RECVFROM = 45
const SENDTO = 44
const FUTEX = 202
const EPOLL_WAIT = 232
const CLOCK_NANOSLEEP = 230
const FSYNC = 74
const PREAD = 17
const STAT = 262
const GETDENTS = 217

/** All that there are. */
export const GROUPS = new ControlGroups()

export const DAEMONS: readonly Daemon[] = [
  {
    ...{ comm: 'systemd', uid: 0, group: GROUPS.make('/init.scope') },
    ...{ weight: 2, calls: [EPOLL_WAIT, READ, RECVFROM], role: 'launches', port: 0 },
    children: { uid: 0, group: GROUPS.make('/system.slice/logrotate.service') },
  },
  {
    ...{ comm: 'systemd-journal', uid: 0, group: GROUPS.make('/system.slice/systemd-journald.service') },
    ...{ weight: 4, calls: [EPOLL_WAIT, RECVFROM, FSYNC], role: 'works', port: 0 },
  },
  {
    ...{ comm: 'sshd', uid: 0, group: GROUPS.make('/system.slice/ssh.service') },
    ...{ weight: 1, calls: [POLL, READ, WRITE], role: 'launches', port: 0 },
    children: { uid: 1000, group: GROUPS.make('/user.slice/user-1000.slice/session-4.scope') },
  },
  {
    ...{ comm: 'cron', uid: 0, group: GROUPS.make('/system.slice/cron.service') },
    ...{ weight: 1, calls: [CLOCK_NANOSLEEP, STAT], role: 'launches', port: 0 },
  },
  {
    ...{ comm: 'nginx', uid: 33, group: GROUPS.make('/system.slice/nginx.service') },
    ...{ weight: 24, calls: [EPOLL_WAIT, READ, WRITE, RECVFROM], role: 'serves', port: 443 },
  },
  {
    ...{
      comm: 'postgres',
      uid: 113,
      group: GROUPS.make('/system.slice/system-postgresql.slice/postgresql@15-main.service'),
    },
    ...{ weight: 30, calls: [EPOLL_WAIT, PREAD, RECVFROM, SENDTO], role: 'serves', port: 5432 },
  },
  {
    ...{ comm: 'node', uid: 1000, group: GROUPS.make('/system.slice/node.service') },
    ...{ weight: 18, calls: [EPOLL_WAIT, WRITE, READ, FUTEX], role: 'serves', port: 3000 },
  },
  {
    ...{ comm: 'containerd', uid: 0, group: GROUPS.make('/system.slice/containerd.service') },
    ...{ weight: 6, calls: [FUTEX, EPOLL_WAIT, READ], role: 'launches', port: 0 },
    children: { uid: 101, group: GROUPS.make('/machine.slice/build.scope') },
  },
  {
    ...{ comm: 'prometheus', uid: 998, group: GROUPS.make('/system.slice/prometheus.service') },
    ...{ weight: 9, calls: [FUTEX, PREAD, WRITE], role: 'works', port: 0 },
  },
  {
    ...{ comm: 'backup', uid: 0, group: GROUPS.make('/system.slice/backup.service') },
    ...{ weight: 5, calls: [GETDENTS, STAT, READ, WRITE], role: 'works', port: 0 },
  },
]

export interface Program {
  path: string
  /** Files it opens of its own; `*` stands for a number. */
  files: readonly string[]
  /** Whether it opens a connection. */
  connects: boolean
}

export const PROGRAMS: readonly Program[] = [
  { path: '/usr/bin/bash', files: ['/etc/profile', '/etc/bash.bashrc'], connects: false },
  { path: '/usr/bin/ls', files: ['/proc/filesystems', '/srv/data'], connects: false },
  { path: '/usr/bin/git', files: ['.git/HEAD', '.git/config', '.git/objects/pack/pack-*.idx'], connects: false },
  { path: '/usr/bin/curl', files: ['/etc/resolv.conf', '/etc/hosts', '/etc/ssl/openssl.cnf'], connects: true },
  { path: '/usr/bin/python3.11', files: ['/usr/lib/python3.11/os.py', '/opt/jobs/job-*.py'], connects: true },
  { path: '/usr/lib/gcc/x86_64-linux-gnu/12/cc1', files: ['src/unit-*.c', '/usr/include/stdio.h'], connects: false },
  { path: '/usr/bin/rsync', files: ['/srv/data/part-*.bin', '/var/lib/rsync/state'], connects: true },
  { path: '/usr/bin/logrotate', files: ['/etc/logrotate.conf', '/var/log/syslog.*'], connects: false },
]

/** What the dynamic loader opens before a program's own files. */
export const LOADER_FILES = ['/etc/ld.so.cache', '/lib/x86_64-linux-gnu/libc.so.6'] as const

/** What servers open to answer a request; `*` stands for a number. */
export const SERVED_FILES = [
  '/var/www/html/index.html',
  '/var/www/html/img/*.webp',
  '/var/lib/postgresql/base/*',
] as const

export const HOST_ADDRESS = [10, 0, 3, 17] as const
/** Remote ends: the first ones talk far more than the last ones. */
export const PEERS = [
  [10, 0, 3, 40],
  [10, 0, 3, 41],
  [10, 0, 5, 9],
  [192, 0, 2, 77],
  [198, 51, 100, 12],
  [203, 0, 113, 5],
  [203, 0, 113, 200],
] as const
