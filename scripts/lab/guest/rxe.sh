# shellcheck shell=sh
# Sourced in a guest: makes the RDMA device rxe0 on a network device with an address.
#
# Alone, on a dummy device: packets to its own address turn round inside rxe. In a pair, on the wire.

lab_address=${LAB_ADDRESS:-10.77.0.1}
lab_device=${LAB_DEVICE:-lab0}

load() { /usr/sbin/modprobe -d "$LAB_MODULES" "$@"; }

rxe_up() {
  load -a rdma_rxe ib_uverbs rdma_ucm || return 1
  if [ "$lab_device" = lab0 ]; then
    load dummy numdummies=0 && ip link add lab0 type dummy || return 1
  fi
  # 4096 bytes of payload in each packet, and the headers.
  ip addr add "$lab_address/24" dev "$lab_device" && ip link set "$lab_device" mtu "${LAB_MTU:-4200}" up || return 1
  rdma link add rxe0 type rxe netdev "$lab_device" || return 1
  waited=0
  until rdma link show rxe0/1 | grep -q 'state ACTIVE'; do
    waited=$((waited + 1))
    [ "$waited" -le 50 ] || { rdma link show; return 1; }
    sleep 0.1
  done
}

rxe_up || echo "lab: rxe0 does not come up"
