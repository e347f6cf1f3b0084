//go:build unix

package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// terraformCost is what Terraform's plans took.
type terraformCost struct {
	created, unchanged time.Duration
	note               string
}

// What Terraform 1.11.4 took for 20,000 new resources, and for twice 5,000 without a change, when the bars were set; the
// second is too little, because its time grows with the square. It counts only where Terraform is not installed.
const (
	recordedNew, recordedNewTook   = 20_000, 22 * time.Second
	recordedSame, recordedSameTook = 10_000, 2 * 48700 * time.Millisecond
)

// recordedTerraform is what was recorded, for fewer resources in a try of less than the whole: new ones in proportion, as they were measured
// (100 took 0.3 s, 1,000 1.8 s, 2,500 4.3 s); those without a change by the square, which gives Terraform less than it took (0.3 s, 3.7 s and
// 16.8 s): in proportion it would be given too much, and the bar would hold more easily.
func recordedTerraform(created, unchanged int) *terraformCost {
	fewerNew, fewerSame := min(float64(created)/recordedNew, 1), min(float64(unchanged)/recordedSame, 1)
	out := &terraformCost{note: " (recorded when the bars were set: not installed)"}
	if fewerNew < 1 || fewerSame < 1 {
		out.note = " (recorded when the bars were set, less for fewer resources, the unchanged by the square: not installed)"
	}
	out.created = time.Duration(fewerNew * float64(recordedNewTook))
	out.unchanged = time.Duration(fewerSame * fewerSame * float64(recordedSameTook))
	return out
}

// measureTerraform plans as many resources of Terraform's own kind, which need no provider's process.
func (b *bench) measureTerraform(ctx context.Context, created, unchanged int) (*terraformCost, error) {
	path, err := exec.LookPath("terraform")
	if err != nil {
		return recordedTerraform(created, unchanged), nil
	}
	out := &terraformCost{}
	b.say("terraform: %d new resources", created)
	if out.created, err = b.planTerraform(ctx, path, "terraform-new", created, false); err != nil {
		return nil, err
	}
	b.say("terraform: %d resources without a change; that takes minutes", unchanged)
	out.unchanged, err = b.planTerraform(ctx, path, "terraform-same", unchanged, true)
	return out, err
}

// planTerraform plans once. A state in which the resources are there is written by hand: applying them would take an hour.
func (b *bench) planTerraform(ctx context.Context, path, name string, resources int, there bool) (time.Duration, error) {
	dir, err := b.fresh(name)
	if err != nil {
		return 0, err
	}
	main := fmt.Sprintf("resource \"terraform_data\" \"member\" {\n  count = %d\n  input = \"member ${count.index}\"\n}\n", resources)
	if err := os.WriteFile(filepath.Join(dir, "main.tf"), []byte(main), 0o644); err != nil {
		return 0, err
	}
	if there {
		state, err := terraformState(resources)
		if err != nil {
			return 0, err
		}
		if err := os.WriteFile(filepath.Join(dir, "terraform.tfstate"), state, 0o644); err != nil {
			return 0, err
		}
	}
	if _, err := runChild(ctx, terraformChild(ctx, dir, path, "init", "-no-color")); err != nil {
		return 0, err
	}
	plan, err := runChild(ctx, terraformChild(ctx, dir, path, "plan", "-no-color", "-detailed-exitcode"), 2)
	if err != nil {
		return 0, err
	}
	if clean := strings.Contains(plan.output, "No changes") || strings.Contains(plan.output, "no differences"); clean != there {
		return 0, fmt.Errorf("terraform's plan of %d resources says %q", resources, plan.output[max(0, len(plan.output)-300):])
	}
	if b.machine.terraform == "" {
		version, err := runChild(ctx, terraformChild(ctx, dir, path, "version"))
		if err != nil {
			return 0, err
		}
		_, b.machine.terraform, _ = strings.Cut(strings.SplitN(version.output, "\n", 2)[0], " v")
	}
	return plan.CPU, nil
}

func terraformChild(ctx context.Context, dir, path string, args ...string) *exec.Cmd {
	c := newChild(ctx, dir, path, args...)
	c.Env = append(os.Environ(), "TF_CLI_CONFIG_FILE=/dev/null", "CHECKPOINT_DISABLE=1", "TF_IN_AUTOMATION=1")
	return c
}

// terraformState is a state in which so many resources are as they should be.
func terraformState(resources int) ([]byte, error) {
	type typed struct {
		Value string `json:"value"`
		Type  string `json:"type"`
	}
	type instance map[string]any
	instances := make([]instance, resources)
	for i := range instances {
		value := typed{fmt.Sprintf("member %d", i), "string"}
		instances[i] = instance{"index_key": i, "schema_version": 0, "sensitive_attributes": []string{}, "attributes": map[string]any{
			"id": fmt.Sprintf("00000000-0000-4000-8000-%012d", i), "input": value, "output": value, "triggers_replace": nil}}
	}
	return json.Marshal(map[string]any{"version": 4, "terraform_version": "1.0.0", "serial": 1, "lineage": "5b3f1f7e-0000-4000-8000-000000000000",
		"outputs": map[string]any{}, "check_results": nil, "resources": []any{map[string]any{"mode": "managed", "type": "terraform_data", "name": "member",
			"provider": `provider["terraform.io/builtin/terraform"]`, "instances": instances}}})
}
