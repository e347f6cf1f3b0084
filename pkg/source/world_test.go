package source

import (
	"strings"

	"github.com/playctl/playctl/pkg/frame"
	"github.com/playctl/playctl/pkg/playbook"
)

// madeWorld gives the entities of what testdata/bench/gen writes.
func madeWorld(extension string) []*playbook.Entity {
	account := []playbook.Parent{{Column: "account_id", Entity: "account"}}
	return []*playbook.Entity{
		{Name: "account", File: "accounts." + extension, Key: "id", Fields: fields("id:string name:string domain:string industry:string employees:int " +
			"revenue:double region:string country:string sites:int tier:string target:bool arr:double health:string open_tickets:int renewal_at:timestamp " +
			"intent:map products:list owner_email:string sdr_email:string csm_email:string am_email:string")},
		{Name: "person", Plural: "people", File: "people." + extension, Key: "id", Parents: account, Fields: fields("id:string email:string name:string " +
			"title:string level:string buying_role:string persona:string opted_out:bool left_company:bool score:int")},
		{Name: "opportunity", Plural: "opportunities", File: "opportunities." + extension, Key: "id", Parents: account, Fields: fields("id:string type:string " +
			"stage:string open:bool won:bool lost:bool amount:double products:list created_at:timestamp closed_at:timestamp loss_reason:string")},
		{Name: "activity", Plural: "activities", Time: "at", File: "activities." + extension,
			Parents: append(account, playbook.Parent{Column: "person_id", Entity: "person"}),
			Fields:  fields("type:string at:timestamp inbound:bool channel:string campaign:string product:string minutes:double")},
	}
}

// fields makes fields of words such as name:string.
func fields(words string) (out []playbook.Field) {
	types := map[string]frame.Type{
		"bool": scalar(frame.Bool), "int": scalar(frame.Int), "double": scalar(frame.Double), "string": scalar(frame.String),
		"timestamp": scalar(frame.Time), "list": listOf(frame.String), "map": mapOf(frame.Int),
	}
	for _, word := range strings.Fields(words) {
		name, of, _ := strings.Cut(word, ":")
		out = append(out, field(name, types[of]))
	}
	return out
}
