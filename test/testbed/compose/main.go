// Reads compose files as docker compose 2.40.3 does, by the library that it has them read by, and prints what `docker compose config`
// would know of each service's image and environment, as JSON.
//
// usage: compose FILE...
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"

	"github.com/compose-spec/compose-go/v2/cli"
	"github.com/compose-spec/compose-go/v2/types"
)

type service struct {
	Image       string                  `json:"image"`
	Environment types.MappingWithEquals `json:"environment"`
}

func read(files []string) (map[string]service, error) {
	options, err := cli.NewProjectOptions(files, cli.WithName("harbor"))
	if err != nil {
		return nil, err
	}
	project, err := options.LoadProject(context.Background())
	if err != nil {
		return nil, err
	}
	if project, err = project.WithServicesEnvironmentResolved(true); err != nil {
		return nil, err
	}
	found := map[string]service{}
	for name, one := range project.Services {
		found[name] = service{one.Image, one.Environment}
	}
	return found, nil
}

func main() {
	found, err := read(os.Args[1:])
	if err == nil {
		err = json.NewEncoder(os.Stdout).Encode(found)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
