# Sending and receiving without the interpreter's lock from beginning to end.
#
# CPython takes its lock back after every system call, and beside a busy thread each time costs a whole switch interval
# (5 ms); a large request takes many calls. The socket stays non-blocking, and every call ends by its deadline.

cdef extern from *:
    """
    #include <errno.h>
    #include <poll.h>
    #include <sys/socket.h>
    #include <sys/uio.h>

    #ifndef MSG_NOSIGNAL
    #define MSG_NOSIGNAL 0
    #endif

    static double tf_monotonic(void) {
        struct timespec now;
        clock_gettime(CLOCK_MONOTONIC, &now);
        return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
    }

    /* 1 when the socket is ready, 0 when the deadline has passed, -1 with errno otherwise. */
    static int tf_wait(int fd, short events, double deadline) {
        struct pollfd waiting = {fd, events, 0};
        double left = deadline - tf_monotonic();
        int found;
        if (left <= 0) return 0;
        found = poll(&waiting, 1, left > 3600 ? 3600000 : (int)(left * 1000) + 1);
        return found ? found : left > 3600 ? 1 : 0;
    }

    /* Sends both texts, of which done bytes are sent already; the same answers. */
    static int tf_send(int fd, const char *first, size_t first_size, const char *second, size_t second_size,
                       size_t *done, double deadline) {
        while (*done < first_size + second_size) {
            size_t skipped = *done > first_size ? *done - first_size : 0;
            size_t begun = *done < first_size ? *done : first_size;
            struct iovec parts[2] = {
                {(void *)(first + begun), first_size - begun}, {(void *)(second + skipped), second_size - skipped}
            };
            struct msghdr message = {0};
            ssize_t sent;
            message.msg_iov = parts;
            message.msg_iovlen = 2;
            sent = sendmsg(fd, &message, MSG_NOSIGNAL);
            if (sent >= 0) {
                *done += (size_t)sent;
            } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
                int ready = tf_wait(fd, POLLOUT, deadline);
                if (ready <= 0) return ready;
            } else {
                return -1;
            }
        }
        return 1;
    }

    static int tf_receive(int fd, char *target, size_t size, ssize_t *received, double deadline) {
        while ((*received = recv(fd, target, size, 0)) < 0) {
            int ready;
            if (errno != EAGAIN && errno != EWOULDBLOCK) return -1;
            ready = tf_wait(fd, POLLIN, deadline);
            if (ready <= 0) return ready;
        }
        return 1;
    }

    static int tf_is_readable(int fd) {
        struct pollfd waiting = {fd, POLLIN, 0};
        return poll(&waiting, 1, 0);
    }
    """
    double tf_monotonic() nogil
    int tf_send(
        int fd, const char* first, size_t first_size, const char* second, size_t second_size,
        size_t* done, double deadline
    ) nogil
    int tf_receive(int fd, char* target, size_t size, Py_ssize_t* received, double deadline) nogil
    int tf_is_readable(int fd) nogil

cdef extern from "Python.h":
    object PyErr_SetFromErrno(object kind)
    int PyErr_CheckSignals() except -1

from cpython.buffer cimport PyBUF_WRITABLE, PyBuffer_Release, PyObject_GetBuffer
from libc.errno cimport EINTR, errno


def send_all(int fd, bytes first, bytes second, double seconds):
    """Send two texts, one after the other, over a non-blocking socket.

    Raises:
        TimeoutError: not all of it was sent in time.
        OSError: the connection is of no use any more.
    """
    cdef double deadline = tf_monotonic() + seconds
    cdef const char* first_text = PyBytes_AS_STRING(first)
    cdef const char* second_text = PyBytes_AS_STRING(second)
    cdef size_t first_size = PyBytes_GET_SIZE(first)
    cdef size_t second_size = PyBytes_GET_SIZE(second)
    cdef size_t done = 0
    cdef int result
    while True:
        with nogil:
            result = tf_send(fd, first_text, first_size, second_text, second_size, &done, deadline)
        if _is_over(result):
            return


def receive_into(int fd, target, double seconds):
    """Receive at least one byte over a non-blocking socket; returns how many, 0 when the peer has closed it.

    Raises:
        TimeoutError: none came in time.
        OSError: the connection is of no use any more.
    """
    cdef double deadline = tf_monotonic() + seconds
    cdef Py_ssize_t received = 0
    cdef int result
    cdef Py_buffer view
    PyObject_GetBuffer(target, &view, PyBUF_WRITABLE)
    try:
        while True:
            with nogil:
                result = tf_receive(fd, <char*>view.buf, view.len, &received, deadline)
            if _is_over(result):
                return received
    finally:
        PyBuffer_Release(&view)


def is_readable(int fd):
    """Tell whether there is something to read, or the peer has closed the connection; does not wait."""
    return tf_is_readable(fd) != 0


cdef bint _is_over(int result) except -1:
    if result > 0:
        return True
    if result == 0:
        raise TimeoutError("timed out")
    if errno == EINTR:
        PyErr_CheckSignals()
        return False
    PyErr_SetFromErrno(OSError)
    return False
