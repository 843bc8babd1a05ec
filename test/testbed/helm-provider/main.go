// Command helm-provider is hashicorp/helm for Terraform, built from its Go module, for machines that cannot reach
// registry.terraform.io. 1.3.2 is the newest version that the Go module proxy has.
package main

import (
	"flag"

	"github.com/hashicorp/terraform-plugin-sdk/plugin"
	"github.com/hashicorp/terraform-provider-helm/helm"
	"k8s.io/klog"
)

func main() {
	// Terraform reads the provider's standard error as its log; klog would repeat itself there.
	klogFlags := flag.NewFlagSet("klog", flag.ExitOnError)
	klog.InitFlags(klogFlags)
	if err := klogFlags.Set("logtostderr", "false"); err != nil {
		panic(err)
	}
	plugin.Serve(&plugin.ServeOpts{ProviderFunc: helm.Provider})
}
