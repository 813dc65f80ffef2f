#include "provider.h"

#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <time.h>
#include <unistd.h>

int kog_unblock(int fd)
{
	int flags = fcntl(fd, F_GETFL);

	if (flags < 0 || fcntl(fd, F_SETFL, flags | O_NONBLOCK) < 0)
		return errno;
	return 0;
}

int64_t kog_now_millis(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static int poll_millis(int64_t deadline_millis)
{
	int64_t left;

	if (deadline_millis < 0)
		return -1;
	left = deadline_millis - kog_now_millis();
	if (left <= 0)
		return 0;
	return left > INT_MAX ? INT_MAX : (int)left;
}

enum kog_wait kog_await(const struct kog_object *object, int fd, int64_t deadline_millis)
{
	struct pollfd fds[2] = {
		{ .fd = fd, .events = POLLIN },
		{ .fd = object->wake_fd, .events = POLLIN },
	};
	uint64_t rings;
	int count;

	do
		count = poll(fds, 2, poll_millis(deadline_millis));
	while (count < 0 && errno == EINTR);
	if (count < 0)
		return KOG_FAILED;
	if (kog_is_closed(object))
		return KOG_WOKEN;
	if (fds[1].revents) {
		/* Whoever else waits here has been woken too, or finds the object closed. */
		if (read(object->wake_fd, &rings, sizeof(rings)) < 0 && errno != EAGAIN)
			return KOG_FAILED;
		return KOG_WOKEN;
	}
	if (fds[0].revents)
		return KOG_READY;
	return KOG_TIMEOUT;
}
