#!/bin/sh
# Run as the first process of new namespaces (mount, network, process, host name, IPC, cgroup): makes of them a
# machine with the programs and files of this one and its own systemd. What is written there is written over
# these files in memory, and gone with the machine.
# $1: the checkout, seen as /usr/src/chatd.
set -eu
checkout=$1

new=/mnt
mount -t tmpfs tmpfs $new
mkdir $new/over $new/work $new/root
mount -t overlay overlay -o "lowerdir=/,upperdir=$new/over,workdir=$new/work" $new/root
new=$new/root
mount -t proc proc $new/proc
mount --rbind /sys $new/sys
for place in run tmp root opt srv usr/src var/tmp dev etc/systemd/system usr/lib/systemd/system \
  usr/lib/systemd/system-generators; do
  mount -t tmpfs -o mode=755 tmpfs $new/$place
done
chmod 1777 $new/tmp $new/var/tmp
mkdir $new/usr/src/chatd
mount --bind -o ro "$checkout" $new/usr/src/chatd

mkdir -m 1777 $new/dev/shm $new/dev/mqueue
mkdir $new/dev/pts $new/dev/hugepages
mount -t devpts -o newinstance,ptmxmode=0666 devpts $new/dev/pts
ln -s pts/ptmx $new/dev/ptmx
ln -s /proc/self/fd $new/dev/fd
for node in null zero full random urandom tty; do
  : >$new/dev/$node
  mount --bind /dev/$node $new/dev/$node
done

rm -f $new/usr/sbin/policy-rc.d # which keeps packages from starting services, in a container

rm -f $new/var/lib/man-db/auto-update # an index of all manual pages of this machine, anew for each package

# Of systemd's units only these: no clock is set, no disk is looked at, no terminal is opened.
units=$new/usr/lib/systemd/system
for unit in sysinit.target basic.target multi-user.target sockets.target timers.target paths.target slices.target \
  local-fs.target network.target network-online.target shutdown.target umount.target exit.target \
  systemd-exit.service systemd-journald.service systemd-journald.socket systemd-journald-dev-log.socket \
  nginx.service caddy.service haproxy.service apache2.service; do
  [ ! -e /usr/lib/systemd/system/$unit ] || cp /usr/lib/systemd/system/$unit $units/
done
mkdir $units/sockets.target.wants
ln -s ../systemd-journald.socket ../systemd-journald-dev-log.socket $units/sockets.target.wants/

groups=$new/sys/fs/cgroup
hybrid=$(grep -c ':name=systemd:' /proc/self/cgroup || true)
umount -R $groups
if [ "$hybrid" = 0 ]; then
  mount -t cgroup2 cgroup2 $groups
else
  mount -t tmpfs -o mode=755 tmpfs $groups
  mkdir $groups/systemd $groups/unified
  mount -t cgroup -o none,name=systemd cgroup $groups/systemd
  mount -t cgroup2 cgroup2 $groups/unified
fi

hostname chat
ip link set lo up
cd $new
mkdir -p run/before
pivot_root . run/before
umount -l /run/before
mount --make-rshared / # as systemd finds it on a machine: what it mounts for one service, others see
exec env -i container=chatd-tests PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
  setpriv --bounding-set=-sys_time,-sys_module,-sys_boot,-sys_rawio,-syslog \
  /lib/systemd/systemd --system --unit=multi-user.target --log-target=journal --show-status=no
