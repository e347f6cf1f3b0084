package simulate_test

import (
	"testing"
	"time"

	"github.com/playctl/playctl/pkg/connector/rest"
	"github.com/playctl/playctl/pkg/connector/simulate"
)

// TestNew_knowsEveryCallOfEveryManifestThatIsBuiltIn holds that each of their calls is understood and can be answered.
func TestNew_knowsEveryCallOfEveryManifestThatIsBuiltIn(t *testing.T) {
	for _, name := range rest.BuiltIn() {
		t.Run(name, func(t *testing.T) {
			data, err := rest.Manifest(name)
			if err != nil {
				t.Fatal(err)
			}
			m, problems := rest.Read(name+".yaml", data)
			if m == nil {
				t.Fatal(problems)
			}
			s := simulate.New(m, simulate.Options{Now: time.Now})
			for _, p := range s.Problems() {
				t.Error(p)
			}
		})
	}
}
