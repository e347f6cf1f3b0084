package all_test

import (
	"os"
	"strings"
	"testing"

	"github.com/playctl/playctl/pkg/state/all"
)

// TestReadme_namesEveryBackendAndSetting holds that the guide to states leaves none out.
func TestReadme_namesEveryBackendAndSetting(t *testing.T) {
	data, err := os.ReadFile("../README.md")
	if err != nil {
		t.Fatal(err)
	}
	rows := map[string]string{} // of the table of settings
	_, settings, _ := strings.Cut(string(data), "| backend | settings |")
	for line := range strings.Lines(settings) {
		if cells := strings.Split(line, "|"); len(cells) > 2 {
			rows[strings.Trim(cells[1], " `")] = cells[2]
		}
	}
	for _, d := range all.Drivers() {
		if strings.Count(string(data), "\n| `"+d.Name+"` |") != 2 {
			t.Errorf("%s is not in both tables", d.Name)
		}
		for _, s := range d.Settings {
			if !strings.Contains(rows[d.Name], "`"+s.Name+"`") {
				t.Errorf("the setting %s of %s is not in the table", s.Name, d.Name)
			}
		}
	}
}
