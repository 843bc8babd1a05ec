//go:build linux

package main

import (
	"errors"
	"io"
	"net"
	"os"
	"os/signal"
	"runtime"

	"golang.org/x/sys/unix"
)

func init() {
	commands["pause"] = pause
	commands["relay"] = relay
}

// pause does nothing until it is told to end: the first process of every pod.
func pause(_ []string) error {
	end := make(chan os.Signal, 1)
	signal.Notify(end, unix.SIGTERM, unix.SIGINT)
	children := make(chan os.Signal, 8)
	signal.Notify(children, unix.SIGCHLD)
	for {
		select {
		case <-end:
			return nil
		case <-children:
			// As the first process of a pod with a shared process namespace it inherits orphans.
			for pid, err := unix.Wait4(-1, nil, unix.WNOHANG, nil); err == nil && pid > 0; {
				pid, err = unix.Wait4(-1, nil, unix.WNOHANG, nil)
			}
		}
	}
}

// relay listens on an address here and connects to an address inside a network namespace, so that programs outside reach
// the API server without a route, an interface or a firewall rule on this machine.
func relay(arguments []string) error {
	if len(arguments) != 3 {
		return errors.New("usage: tools relay LISTEN NAMESPACE CONNECT")
	}
	listener, err := net.Listen("tcp", arguments[0])
	if err != nil {
		return err
	}
	namespace, err := os.Open(arguments[1])
	if err != nil {
		return err
	}
	for {
		outside, err := listener.Accept()
		if err != nil {
			return err
		}
		go func() {
			defer outside.Close()
			inside, err := dialIn(namespace, arguments[2])
			if err != nil {
				return
			}
			defer inside.Close()
			join(outside.(*net.TCPConn), inside.(*net.TCPConn))
		}()
	}
}

// dialIn connects from inside a namespace. The thread that entered it is never unlocked, so Go ends it with the goroutine
// and no other connection is made from there by mistake. A socket stays in the namespace it was made in.
func dialIn(namespace *os.File, address string) (net.Conn, error) {
	type result struct {
		connection net.Conn
		err        error
	}
	done := make(chan result, 1)
	go func() {
		runtime.LockOSThread()
		if err := unix.Setns(int(namespace.Fd()), unix.CLONE_NEWNET); err != nil {
			done <- result{nil, err}
			return
		}
		connection, err := net.Dial("tcp", address)
		done <- result{connection, err}
	}()
	r := <-done
	return r.connection, r.err
}

// join copies both ways and passes on each end of stream by itself, which kubectl exec relies on.
func join(a, b *net.TCPConn) {
	done := make(chan struct{})
	go func() {
		_, _ = io.Copy(a, b)
		_ = a.CloseWrite()
		close(done)
	}()
	_, _ = io.Copy(b, a)
	_ = b.CloseWrite()
	<-done
}
