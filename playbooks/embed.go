// Package playbooks holds the ready-made playbooks, for playctl init.
package playbooks

import "embed"

// Starter is the small playbook that playctl init makes: folder starter. Times in its data are written @-3d, so many days from now.
//
//go:embed all:starter
var Starter embed.FS
