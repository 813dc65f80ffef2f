(module
  (import "host" "number" (func $number (param i64)))
  (import "host" "sum" (func $sum (param i32 i64 f32 f64) (result f64)))
  (func $two (param i32) (result i32 i64)
    (br_if 0 (i32.const 1) (i64.const 2) (local.get 0)) drop drop
    (i32.const 3) (i64.const 4))
  (func (export "_start")
    (call $two (i32.const 1)) (call $number) (call $number (i64.extend_i32_s))
    (call $two (i32.const 0)) (call $number) (call $number (i64.extend_i32_s))
    (call $number (i64.reinterpret_f64
      (call $sum (i32.const -1) (i64.const 0x100000000) (f32.const 0.5) (f64.const 0.25))))))
