package render

import "github.com/playctl/playctl/pkg/connector"

// ConnectorsDocument is which connectors there are. Lists are never null.
type ConnectorsDocument struct {
	Head
	Connectors []ConnectorJSON `json:"connectors"` // of the playbook
	Drivers    []ConnectorJSON `json:"drivers"`    // to use
}

// ConnectorDocument is one connector.
type ConnectorDocument struct {
	Head
	Connector ConnectorJSON `json:"connector"`
}

// ConnectorJSON is a connector, or a driver, and what it offers, in the words of the protocol of plug-ins.
type ConnectorJSON struct {
	Name        string           `json:"name,omitempty"`
	Uses        string           `json:"uses"`
	Title       string           `json:"title"`
	Docs        string           `json:"docs,omitempty"`
	Version     string           `json:"version,omitempty"`
	Sunset      string           `json:"sunset,omitempty"`
	Settings    []settingJSON    `json:"settings"`
	AnySetting  bool             `json:"any_setting"`
	Unknown     bool             `json:"unknown"` // what it offers it says only when it runs
	Collections []collectionJSON `json:"collections"`
	Objects     []objectJSON     `json:"objects"`
	AnyObject   bool             `json:"any_object"`
	Records     []string         `json:"records"`
	AnyRecord   bool             `json:"any_record"`
	Fields      []fieldJSON      `json:"fields,omitempty"` // of records, as far as they are known
	Actions     []actionJSON     `json:"actions"`
	AnyAction   bool             `json:"any_action"`
	AnyRetry    string           `json:"any_retry,omitempty"`
	Tasks       []actionJSON     `json:"tasks"`
	Batch       int              `json:"batch"` // 0: any number
	Limits      []string         `json:"limits"`
}

type (
	settingJSON struct {
		Name     string `json:"name"`
		Help     string `json:"help"`
		Required bool   `json:"required"`
		Secret   bool   `json:"secret"`
		Default  string `json:"default,omitempty"`
	}
	collectionJSON struct {
		Name      string   `json:"name"`
		Fields    []string `json:"fields"`
		AnyField  bool     `json:"any_field"`
		WriteOnly bool     `json:"write_only"`
		OpaqueIDs bool     `json:"opaque_ids"`
		knownJSON
	}
	objectJSON struct {
		Name   string   `json:"name"`
		Fields []string `json:"fields"` // empty: any
		knownJSON
	}
	fieldJSON struct {
		Object   string `json:"object"`
		Name     string `json:"name"`
		Type     string `json:"type"`
		Help     string `json:"help,omitempty"`
		ReadOnly bool   `json:"read_only"`
	}
	actionJSON struct {
		Name  string `json:"name"`
		Retry string `json:"retry"`
		knownJSON
	}
	// knownJSON is what an identity of a record may be, and how many go into one request. Both are absent where it is not said.
	knownJSON struct {
		KnownBy    []string `json:"known_by,omitempty"`
		PerRequest int      `json:"per_request,omitempty"`
	}
)

// JSON gives a connector as documents have it.
func (n Named) JSON() ConnectorJSON {
	d, s := n.Driver, n.Driver.Spec
	out := ConnectorJSON{Name: n.Name, Uses: n.Uses, Title: d.Title, Docs: d.Docs, Version: d.Version, Sunset: d.Sunset, Settings: []settingJSON{}, AnySetting: d.AnySetting,
		Unknown: s.Unknown, Collections: []collectionJSON{}, Objects: []objectJSON{}, AnyObject: s.AnyObject, Records: orEmpty(s.Records), AnyRecord: s.AnyRecord,
		Actions: actionsJSON(s.Actions), AnyAction: s.AnyAction, Tasks: actionsJSON(s.Tasks), Batch: s.Batch, Limits: orEmpty(s.Limits)}
	for _, k := range d.Settings {
		out.Settings = append(out.Settings, settingJSON(k))
	}
	for _, k := range s.Collections {
		out.Collections = append(out.Collections, collectionJSON{Name: k.Name, Fields: orEmpty(k.Fields), AnyField: k.AnyField, WriteOnly: k.WriteOnly, OpaqueIDs: k.OpaqueIDs, knownJSON: knownJSON{k.KnownBy, k.PerRequest}})
	}
	for _, k := range s.Objects {
		out.Objects = append(out.Objects, objectJSON{Name: k.Name, Fields: orEmpty(k.Fields), knownJSON: knownJSON{k.KnownBy, k.PerRequest}})
	}
	for _, f := range s.Fields {
		out.Fields = append(out.Fields, fieldJSON(f))
	}
	if s.AnyAction {
		out.AnyRetry = retryWords[s.AnyRetry]
	}
	return out
}

func actionsJSON(kinds []connector.ActionKind) []actionJSON {
	out := []actionJSON{}
	for _, k := range kinds {
		out = append(out, actionJSON{k.Name, retryWords[k.Retry], knownJSON{k.KnownBy, k.PerRequest}})
	}
	return out
}

// ConnectorChecksDocument is what was found out of connectors.
type ConnectorChecksDocument struct {
	Head
	OK     bool             `json:"ok"`
	Checks []ConnectorCheck `json:"checks"`
}

// ConnectorCheck is what was found out of one connector, or of a collection in it.
type ConnectorCheck struct {
	Connector  string `json:"connector"`
	Uses       string `json:"uses"`
	Collection string `json:"collection,omitempty"`
	// Status is ok, failed, made (it is not there, and apply makes it), or unknown (it can't be told).
	Status string `json:"status"`
	Error  string `json:"error,omitempty"`
}
