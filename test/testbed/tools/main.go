// Command tools is what the testbed needs besides other people's programs: certificates, a way into a network namespace,
// and the process that holds a pod's namespaces open. In Go, because Node.js can neither sign certificates nor enter a
// namespace, and openssl and socat differ from system to system.
package main

import (
	"fmt"
	"os"
)

// commands holds what every system can run; linux.go adds the rest.
var commands = map[string]func(arguments []string) error{"certificates": certificates}

func main() {
	if len(os.Args) < 2 || commands[os.Args[1]] == nil {
		fmt.Fprintln(os.Stderr, "usage: tools certificates|pause|relay ...")
		os.Exit(2)
	}
	if err := commands[os.Args[1]](os.Args[2:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
