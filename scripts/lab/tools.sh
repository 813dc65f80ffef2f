# shellcheck shell=sh
# What the lab needs of this system, and how to get it.

machine=$(uname -m)
case $machine in
  x86_64) qemu=qemu-system-x86_64 qemu_package=qemu-system-x86 kernel_flavour=amd64 ;;
  aarch64) qemu=qemu-system-aarch64 qemu_package=qemu-system-arm kernel_flavour=arm64 ;;
  *) qemu='' qemu_package='' kernel_flavour='' ;;
esac

# One line for each: what must be there, and the Debian package that has it.
needs() {
  cat <<END
command:$qemu $qemu_package
file:/bin/busybox busybox-static
command:cpio cpio
command:modprobe kmod
command:ip iproute2
command:rdma iproute2
command:ibv_devinfo ibverbs-utils
command:rping rdmacm-utils
glob:/usr/lib/*/libibverbs/librxe-rdmav*.so ibverbs-providers
glob:/usr/lib/*/libibverbs.so.1 libibverbs1
glob:/usr/lib/*/librdmacm.so.1 librdmacm1
command:gcc gcc
file:/usr/include/stdio.h libc6-dev
file:/usr/include/infiniband/verbs.h libibverbs-dev
file:/usr/include/rdma/rdma_cma.h librdmacm-dev
END
}

is_there() {
  case $1 in
    command:*) PATH=$PATH:/usr/sbin:/sbin command -v "${1#command:}" > /dev/null 2>&1 ;;
    file:*) [ -e "${1#file:}" ] ;;
    glob:*) find_one "${1#glob:}" ;;
  esac
}

# find_one PATTERN
find_one() {
  # shellcheck disable=SC2086 # the pattern is to be expanded
  set -- $1
  [ -e "$1" ]
}

missing_packages() {
  needs | while read -r need package; do
    is_there "$need" || printf '%s\n' "$package"
  done | sort -u | tr '\n' ' ' | sed 's/ $//'
}

# Debian's qemu-system-x86 has SeaBIOS and the boot ROMs in packages that it depends on.
install_packages() {
  log=$1
  shift
  DEBIAN_FRONTEND=noninteractive
  export DEBIAN_FRONTEND
  { apt-get update -qq && apt-get install -y -qq --no-install-recommends "$@"; } > "$log" 2>&1
}

can_install() { [ "$(id -u)" = 0 ] && has apt-get; }

# Sees to it that everything is there, or ends with the reason.
require_tools() {
  [ "$(uname -s)" = Linux ] && [ -n "$qemu" ] \
    || skip "the lab works on Linux on x86-64 and ARM64, this is $(uname -s) on $machine"
  missing=$(missing_packages)
  [ -z "$missing" ] && return
  can_install || skip "missing here: $missing (as root: apt-get install --no-install-recommends $missing)"
  say "installing $missing"
  # shellcheck disable=SC2086 # a list of packages
  install_packages "$run/install.log" $missing \
    || skip "apt could not install $missing: $(tail -n 1 "$run/install.log")"
  missing=$(missing_packages)
  [ -z "$missing" ] || skip "still missing after the installation: $missing"
}
