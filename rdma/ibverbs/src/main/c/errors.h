/* How failures reach Java. */
#ifndef KOG_ERRORS_H
#define KOG_ERRORS_H

#include <jni.h>

/*
 * Throws java.io.IOException, or java.net.BindException when the address is taken or not ours, that
 * says which call failed and why. `error` is a positive errno.
 */
void kog_throw(JNIEnv *env, const char *call, int error);

#endif
