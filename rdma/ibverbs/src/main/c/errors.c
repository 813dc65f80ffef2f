#include "errors.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

void kog_throw(JNIEnv *env, const char *call, int error)
{
	const char *name = "java/io/IOException";
	const char *reason = "it is closed, or was never open";
	char buffer[128];
	char text[256];
	jclass type;

	if (error == EADDRINUSE || error == EADDRNOTAVAIL)
		name = "java/net/BindException";
	if (error != EBADF)
		reason = strerror_r(error, buffer, sizeof(buffer));
	snprintf(text, sizeof(text), "%s: %s (errno %d)", call, reason, error);
	type = (*env)->FindClass(env, name);
	if (type)
		(*env)->ThrowNew(env, type, text);
}
