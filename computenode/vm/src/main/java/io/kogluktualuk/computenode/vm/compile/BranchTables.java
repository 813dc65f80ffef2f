package io.kogluktualuk.computenode.vm.compile;

import static java.lang.constant.ConstantDescs.CD_String;
import static java.lang.constant.ConstantDescs.CD_char;
import static java.lang.constant.ConstantDescs.CD_int;

import java.lang.classfile.CodeBuilder;
import java.lang.classfile.Label;
import java.lang.classfile.instruction.SwitchCase;
import java.lang.constant.MethodTypeDesc;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Goes to one of many labels by a number on the JVM's stack.
///
/// A `tableswitch` takes four bytes for each target, so one of many thousands would leave no room
/// in a method, and be too long for HotSpot to compile. Long tables are kept as text, a character
/// for each number, which says which of the different labels is meant.
///
/// **Threading:** one thread, one method.
final class BranchTables {

  /// Targets of one `tableswitch` over all numbers.
  static final int DIRECT_MAX = 1_000;

  /// Characters of one constant, which has at most 65,535 bytes; one takes up to three.
  private static final int TEXT_MAX = 16_000;

  private static final MethodTypeDesc CHAR_AT = MethodTypeDesc.of(CD_char, CD_int);

  private BranchTables() {}

  /// @param targets of the numbers from 0; the last is for all others
  /// @param variable for a moment
  static void write(CodeBuilder code, List<Label> targets, int variable) {
    int count = targets.size() - 1;
    Label last = targets.get(count);
    if (count == 0) {
      code.pop().goto_(last);
    } else if (count <= DIRECT_MAX) {
      List<SwitchCase> cases = new ArrayList<>(count);
      for (int i = 0; i < count; i++) {
        cases.add(SwitchCase.of(i, targets.get(i)));
      }
      code.tableswitch(0, count - 1, last, cases);
    } else {
      writeLong(code, targets, variable);
    }
  }

  private static void writeLong(CodeBuilder code, List<Label> targets, int variable) {
    int count = targets.size() - 1;
    Label last = targets.get(count);
    Map<Label, Integer> ordinals = new HashMap<>();
    List<SwitchCase> cases = new ArrayList<>();
    StringBuilder text = new StringBuilder(count);
    for (Label target : targets.subList(0, count)) {
      int ordinal = ordinals.computeIfAbsent(target, _ -> ordinals.size() + 1);
      if (ordinal > cases.size()) {
        cases.add(SwitchCase.of(ordinal, target));
      }
      text.append((char) ordinal);
    }
    Label dispatch = code.newLabel();
    code.istore(variable).iload(variable).iflt(last);
    code.iload(variable).loadConstant(count).if_icmpge(last);
    for (int start = 0; start < count; start += TEXT_MAX) {
      int end = Math.min(count, start + TEXT_MAX);
      Label beyond = code.newLabel();
      if (end < count) {
        code.iload(variable).loadConstant(end).if_icmpge(beyond);
      }
      code.loadConstant(text.substring(start, end)).iload(variable).loadConstant(start).isub();
      code.invokevirtual(CD_String, "charAt", CHAR_AT);
      if (end < count) {
        code.goto_(dispatch).labelBinding(beyond);
      }
    }
    code.labelBinding(dispatch).tableswitch(1, cases.size(), last, cases);
  }
}
