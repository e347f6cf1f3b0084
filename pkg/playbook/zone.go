package playbook

import (
	"fmt"
	"strings"
	"time"

	"github.com/playctl/playctl/pkg/diag"
	"github.com/playctl/playctl/pkg/document"
)

// zone reads an IANA zone.
func (r *reader) zone(into **time.Location) func(document.Node) {
	return func(n document.Node) {
		name := n.Text()
		zone, err := time.LoadLocation(name)
		if err != nil || name == "" || name == "Local" || n.Kind() != document.Scalar {
			r.fail(n, zoneHint(name), "expected an IANA time zone, found %s", found(n))
			return
		}
		*into = zone
	}
}

// someZones are zones that suggestions choose from; the zones that there are can't be listed.
var someZones = strings.Fields(`UTC America/New_York America/Chicago America/Denver America/Phoenix America/Los_Angeles America/Toronto
	America/Vancouver America/Mexico_City America/Bogota America/Sao_Paulo America/Argentina/Buenos_Aires Europe/London Europe/Dublin Europe/Lisbon
	Europe/Madrid Europe/Paris Europe/Brussels Europe/Amsterdam Europe/Berlin Europe/Zurich Europe/Vienna Europe/Rome Europe/Copenhagen
	Europe/Oslo Europe/Stockholm Europe/Helsinki Europe/Warsaw Europe/Prague Europe/Budapest Europe/Athens Europe/Istanbul Africa/Johannesburg
	Africa/Cairo Africa/Lagos Africa/Nairobi Asia/Jerusalem Asia/Dubai Asia/Kolkata Asia/Bangkok Asia/Singapore Asia/Hong_Kong Asia/Shanghai
	Asia/Taipei Asia/Tokyo Asia/Seoul Asia/Manila Asia/Jakarta Australia/Perth Australia/Brisbane Australia/Sydney Australia/Melbourne
	Pacific/Auckland`)

func zoneHint(name string) string {
	if near := diag.Nearest(strings.ReplaceAll(name, " ", "_"), someZones); near != "" {
		return fmt.Sprintf("did you mean %q?", near)
	}
	for _, z := range someZones {
		if _, city, _ := strings.Cut(z, "/"); city != "" && diag.Nearest(strings.ReplaceAll(name, " ", "_"), []string{city}) != "" {
			return fmt.Sprintf("did you mean %q?", z)
		}
	}
	return `write continent and city, such as "Europe/Berlin"; daylight saving comes with it`
}
