(module
  (import "host" "charge" (func $charge (param i64)))
  (import "host" "exit" (func $exit (param i32)))
  (memory 1)
  (table 3 10 funcref)
  (global $sum (mut i32) (i32.const 0))
  (func $seven (result i32) i32.const 7)                       ;; 1
  (func (export "nothing"))                                    ;; 0
  (func (export "straight") i32.const 1 i32.const 2 i32.add drop)  ;; 4
  (func (export "ten_turns") (local $i i32)                    ;; 10 * 7
    loop
      local.get $i i32.const 1 i32.add local.tee $i i32.const 10 i32.lt_u
      br_if 0
    end)
  (func (export "call") call $seven drop)                      ;; 1 + 1 + 1
  (func (export "if_taken") i32.const 1 if nop nop else nop nop nop end)   ;; 2 + 2
  (func (export "if_not_taken") i32.const 0 if nop nop else nop nop nop end) ;; 2 + 3
  (func (export "table_second") block block block i32.const 1 br_table 0 1 2 end nop end nop nop end) ;; 2 + 2
  (func (export "early_return") i32.const 1 if return end nop nop)  ;; 3
  (func (export "branch_out") i32.const 1 br_if 0 nop nop)     ;; 2
  (func (export "host_charge") i64.const 1000 call $charge nop)     ;; 3 + 1000
  (func (export "exit_midway") nop nop i32.const 5 call $exit nop nop)  ;; 4
  (func (export "copy_bytes") i32.const 0 i32.const 64 i32.const 160 memory.copy) ;; 4 + 10
  (func (export "fill_bytes") i32.const 0 i32.const 64 i32.const 320 memory.fill) ;; 4 + 20
  (func (export "grow_one") i32.const 1 memory.grow drop)      ;; 3 + 256
  (func (export "grow_refused") i32.const 40000 memory.grow drop)      ;; 3
  (func (export "table_grow") ref.null func i32.const 5 table.grow 0 drop)  ;; 4 + 5
  (func (export "table_grow_refused") ref.null func i32.const 50 table.grow 0 drop) ;; 4 + 50
  (func (export "trap_midway") nop nop i32.const 0 i32.const 0 i32.div_u drop nop) ;; 7: the whole piece
  (func $inner (param i32) local.get 0 if unreachable end)
  (func (export "trap_inside") nop i32.const 1 call $inner nop) ;; 3 + 2 + 1
  (func (export "loop_then_trap") (local $i i32)               ;; 1000 * 7 + 1
    loop
      local.get $i i32.const 1 i32.add local.tee $i i32.const 1000 i32.lt_u
      br_if 0
    end
    unreachable)
  (func $fib (param i32) (result i32)
    local.get 0 i32.const 2 i32.lt_s
    if (result i32) local.get 0
    else
      local.get 0 i32.const 1 i32.sub call $fib
      local.get 0 i32.const 2 i32.sub call $fib
      i32.add
    end)
  (func (export "fib20") i32.const 20 call $fib global.set $sum)
  (func (export "fib40") i32.const 40 call $fib global.set $sum)
  (func (export "fib_forever") (loop (drop (call $fib (i32.const 15))) (br 0)))
  (func (export "long_loop_then_trap") (local $i i32)          ;; 3000000 * 7 + 1
    loop
      local.get $i i32.const 1 i32.add local.tee $i i32.const 3000000 i32.lt_u
      br_if 0
    end
    unreachable)
  (func (export "slices_before_trap")                          ;; the same in a callee, with a caller
    nop call $spin call $spin unreachable)
  (func $spin (local $i i32)
    loop
      local.get $i i32.const 1 i32.add local.tee $i i32.const 3000000 i32.lt_u
      br_if 0
    end))
