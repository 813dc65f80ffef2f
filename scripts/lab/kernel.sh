# shellcheck shell=sh
# Debian's kernel package, downloaded and unpacked once. Not installed: nothing of this system changes.

# The modules that a guest loads, by itself or when a program asks for something. They and all that they
# depend on go into the initramfs.
kernel_modules='virtio_pci 9pnet_virtio 9p virtio_net virtio_rng rdma_rxe ib_uverbs rdma_ucm rdma_cm
  ib_umad dummy veth crc32_generic crc32_pclmul sch_netem'

cache_folder() {
  cache=${XDG_CACHE_HOME:-${HOME:-/nonexistent}/.cache}/kogluktualuk/rdma-lab
  mkdir -p "$cache" 2> /dev/null && [ -w "$cache" ] && return
  cache=$lab_root/target/rdma-lab-cache
  mkdir -p "$cache" || fail "cannot write to $cache"
}

# Sets kernel_tree and kernel_version; downloads what is missing.
require_kernel() {
  if [ -z "$kernel_tree" ]; then
    cache_folder
    # Two first uses at once: the second waits, then finds the kernel there.
    if has flock; then
      exec 9> "$cache/lock"
      flock -w 300 9 || fail "another run has been at $cache for 5 minutes"
    fi
    cached_kernel || fetch_kernel
    exec 9>&-
  fi
  vmlinuz=$(find "$kernel_tree/boot" -name 'vmlinuz-*' 2> /dev/null | head -n 1)
  [ -n "$vmlinuz" ] || fail "$kernel_tree is no unpacked kernel package: no boot/vmlinuz-*"
  kernel_version=${vmlinuz##*/vmlinuz-}
}

# The package that Debian's own meta package leads to: not the -cloud- flavour, which has no 9p and no
# rxe. Empty when apt does not know any.
kernel_package() {
  has apt-cache || return 0
  apt-cache depends "linux-image-$kernel_flavour" 2> /dev/null \
    | sed -n 's/^ *Depends: \(linux-image-[0-9][^ ]*\)$/\1/p' | grep -v -e -cloud- -e -rt- | head -n 1
}

# An older kernel than apt's newest does as well, when it can be had without a download.
cached_kernel() {
  newest=$(kernel_package)
  if [ -n "$newest" ] && [ -d "$cache/$newest" ]; then
    kernel_tree=$cache/$newest
    return
  fi
  [ -z "$newest" ] || [ "${LAB_OFFLINE:-}" ] || return 1
  kernel_tree=$(find "$cache" -mindepth 1 -maxdepth 1 -type d -name 'linux-image-*' | sort -V | tail -n 1)
  [ -n "$kernel_tree" ]
}

fetch_kernel() {
  has apt-get || skip "no kernel: the lab takes Debian's linux-image-$kernel_flavour with apt (or --kernel DIR)"
  if [ -z "$newest" ] && can_install; then
    apt-get update -qq > "$run/apt-update.log" 2>&1 || true
    newest=$(kernel_package)
  fi
  [ -n "$newest" ] || skip "apt knows no package linux-image-$kernel_flavour (is 'apt-get update' due?)"
  fresh=$cache/.fetch-$$
  rm -rf "$cache"/.fetch-*
  mkdir "$fresh"
  say "downloading $newest (once; kept in $cache)"
  # apt verifies the package by the signed lists.
  if ! (cd "$fresh" && apt-get download "$newest") > "$run/kernel.log" 2>&1; then
    rm -rf "$fresh"
    skip "apt could not download $newest: $(grep '^E:' "$run/kernel.log" | head -n 1)"
  fi
  unpack_kernel "$fresh" || { rm -rf "$fresh"; fail "cannot unpack $newest; see $run/kernel.log"; }
  mv "$fresh/tree" "$cache/$newest"
  rm -rf "$fresh"
  kernel_tree=$cache/$newest
}

# Only what a virtual machine can use: 150 instead of 400 MB.
unpack_kernel() {
  mkdir "$1/tree"
  dpkg-deb --fsys-tarfile "$1"/linux-image-*.deb \
    | tar -x -C "$1/tree" --exclude='*/drivers/gpu/*' --exclude='*/drivers/media/*' --exclude='*/sound/*' \
      --exclude='*/drivers/net/wireless/*' --exclude='*/drivers/net/ethernet/*' --exclude='*/drivers/scsi/*' \
      --exclude='*/drivers/usb/*' --exclude='*/drivers/iio/*' --exclude='./usr/share/*' 2>> "$run/kernel.log"
  version=$(find "$1/tree/boot" -name 'vmlinuz-*' | sed 's:.*/vmlinuz-::')
  # Newer packages have the modules below usr.
  if [ ! -d "$1/tree/lib/modules" ] && [ -d "$1/tree/usr/lib/modules" ]; then
    mkdir -p "$1/tree/lib" && mv "$1/tree/usr/lib/modules" "$1/tree/lib/modules"
  fi
  [ -d "$1/tree/lib/modules/$version" ]
}
