# shellcheck shell=sh
# The guest's root: busybox, the modules and init. Everything else is mounted.

make_initramfs() {
  root=$run/initramfs
  modules=$root/kernel/lib/modules/$kernel_version
  mkdir -p "$root/bin" "$root/proc" "$root/sys" "$root/dev" "$root/run" "$root/tmp" "$root/root" \
    "$root/usr" "$root/etc" "$root/var/tmp" "$root/out" "$modules"
  cp /bin/busybox "$root/bin/busybox"
  cp "$lab_scripts/guest/init" "$root/init"
  chmod 755 "$root/init"
  copy_modules
  (cd "$root" && find . | cpio -o -H newc --quiet | gzip -1) > "$run/initramfs.gz" \
    || fail "cannot pack the initramfs"
  rm -rf "$root"
}

# In the order in which they must be loaded. Some are built into some kernels, some exist on one
# architecture only: those are left out.
copy_modules() {
  PATH=$PATH:/usr/sbin:/sbin
  [ -f "$kernel_tree/lib/modules/$kernel_version/modules.dep" ] \
    || depmod -b "$kernel_tree" "$kernel_version" || fail "depmod does not understand $kernel_tree"
  for wanted in $kernel_modules; do
    modprobe -d "$kernel_tree" -S "$kernel_version" --show-depends "$wanted" 2>> "$run/modules.log" \
      | sed -n 's/^insmod \([^ ]*\).*/\1/p'
  done | awk '!seen[$0]++' > "$run/modules.list"
  for required in 9p rdma_rxe; do
    grep -q "/$required\.ko" "$run/modules.list" \
      || fail "the kernel in $kernel_tree has no module $required; is it a cloud flavour?"
  done
  while read -r file; do
    name=$(basename "$file")
    case $name in
      *.xz) xz -dc "$file" > "$modules/${name%.xz}" ;;
      *.zst) zstd -qdc "$file" > "$modules/${name%.zst}" ;;
      *.gz) gzip -dc "$file" > "$modules/${name%.gz}" ;;
      *) cp "$file" "$modules/$name" ;;
    esac || fail "cannot unpack $file"
  done < "$run/modules.list"
  for list in builtin builtin.modinfo order; do
    cp "$kernel_tree/lib/modules/$kernel_version/modules.$list" "$modules/" 2> /dev/null || true
  done
  depmod -b "$root/kernel" "$kernel_version" || fail "depmod does not understand the chosen modules"
  # What must be there before anything is mounted, loaded by its file.
  for early in virtio_pci 9pnet_virtio 9p; do
    modprobe -d "$root/kernel" -S "$kernel_version" --show-depends "$early" 2> /dev/null \
      | sed -n "s:^insmod $root\([^ ]*\).*:\1:p"
  done | awk '!seen[$0]++' > "$root/early-modules"
}
