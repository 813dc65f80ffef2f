/// Tests of the doctor's checks against recorded machines, and of its self-test on this one.
@NullMarked
package io.kogluktualuk.rdma.doctor;

import org.jspecify.annotations.NullMarked;
