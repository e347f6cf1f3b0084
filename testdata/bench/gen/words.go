package main

// industry is the place in the lists below; a locale's trades stand in the same order.
type industry int

const (
	software industry = iota
	manufacturing
	financialServices
	healthcare
	professionalServices
	retail
	media
	education
	logistics
	energy
	publicSector
	otherIndustry
)

// industryShares is data.md 6c; assumption.
var industryShares = newWheel(
	choice[industry]{18, software}, choice[industry]{15, manufacturing}, choice[industry]{12, financialServices},
	choice[industry]{11, healthcare}, choice[industry]{10, professionalServices}, choice[industry]{8, retail},
	choice[industry]{5, media}, choice[industry]{5, education}, choice[industry]{5, logistics},
	choice[industry]{4, energy}, choice[industry]{4, publicSector}, choice[industry]{3, otherIndustry},
)

// industryNames is how an industry is written: first the picklist's value, then what people type instead.
var industryNames = [][]string{
	software:             {"Software", "SaaS", "software ", "Computer Software"},
	manufacturing:        {"Manufacturing", "Mfg", "manufacturing ", "Industrial Mfg"},
	financialServices:    {"Financial Services", "FinServ", "Banking & Insurance", "finance"},
	healthcare:           {"Healthcare", "Health Care", "Hospital & Health Care", "healthcare "},
	professionalServices: {"Professional Services", "Prof. Services", "Consulting"},
	retail:               {"Retail", "retail ", "E-Commerce"},
	media:                {"Media", "Media & Entertainment", "Publishing"},
	education:            {"Education", "Higher Ed", "EDU"},
	logistics:            {"Logistics", "Transportation", "Logistics & Supply Chain"},
	energy:               {"Energy", "Oil & Gas", "Utilities"},
	publicSector:         {"Public Sector", "Government", "Gov"},
	otherIndustry:        {"Other", "N/A", "Misc"},
}

// place is a country with the region it is sold in and the language of its names.
type place struct {
	country string
	region  string
	locale  *locale
}

// placeShares gives 55, 30, 12 and 3 % to the regions (data.md 6c; assumption), skewed to a few countries inside.
var placeShares = newWheel(
	choice[place]{48.5, place{"US", "amer", english}}, choice[place]{6.5, place{"CA", "amer", english}},
	choice[place]{8.6, place{"GB", "emea", english}}, choice[place]{6.2, place{"DE", "emea", german}},
	choice[place]{4.6, place{"FR", "emea", french}}, choice[place]{2.6, place{"NL", "emea", dutch}},
	choice[place]{2.0, place{"SE", "emea", swedish}}, choice[place]{1.8, place{"ES", "emea", spanish}},
	choice[place]{1.8, place{"IT", "emea", italian}}, choice[place]{1.2, place{"CH", "emea", german}},
	choice[place]{1.2, place{"PL", "emea", polish}},
	choice[place]{3.8, place{"JP", "apac", japanese}}, choice[place]{3.2, place{"AU", "apac", english}},
	choice[place]{2.9, place{"IN", "apac", indian}}, choice[place]{2.1, place{"SG", "apac", english}},
	choice[place]{1.5, place{"BR", "latam", portuguese}}, choice[place]{1.0, place{"MX", "latam", spanish}},
	choice[place]{0.5, place{"CO", "latam", spanish}},
)

// utcOffset is the hours of a region's business day from UTC, roughly.
var utcOffset = map[string]float64{"amer": -6, "emea": 1, "apac": 8, "latam": -3}

// The levels of people, and their shares (data.md 6c; assumption).
var (
	levels      = []string{"c_level", "vp", "director", "manager", "ic"}
	levelShares = newWheel(choice[int]{6, 0}, choice[int]{9, 1}, choice[int]{17, 2}, choice[int]{28, 3}, choice[int]{40, 4})
)

// titles holds what each level is called; %s is the function.
var titles = [][]string{
	{"Chief %s Officer", "CEO", "CFO", "CIO", "CTO", "COO", "Co-founder"},
	{"VP %s", "VP of %s", "V.P. %s", "Vice President, %s", "SVP %s"},
	{"Director of %s", "Director, %s", "Head of %s", "Sr. Director %s"},
	{"%s Manager", "Manager, %s", "Sr. Manager %s", "%s Team Lead"},
	{"%s Analyst", "%s Specialist", "Senior %s Engineer", "%s Engineer", "%s Associate"},
}

// functions are the departments of people, each with its persona.
var functions = []struct{ name, persona string }{
	{"Data", "data"}, {"Analytics", "data"}, {"BI", "data"}, {"IT", "it"}, {"Platform", "it"}, {"Security", "it"},
	{"Finance", "finance"}, {"Procurement", "finance"}, {"Operations", "ops"}, {"Supply Chain", "ops"},
	{"Marketing", "growth"}, {"Sales", "growth"}, {"RevOps", "growth"}, {"Product", "product"}, {"HR", "people"},
}

var buyingRoles = newWheel(
	choice[string]{25, "champion"}, choice[string]{20, "decision maker"}, choice[string]{25, "influencer"},
	choice[string]{15, "user"}, choice[string]{10, "budget holder"}, choice[string]{5, "blocker"},
)

var (
	products = []string{"Core", "Analytics", "Data"}
	topics   = []string{"data platform", "etl", "bi", "governance"}
)

// topicShares says which topic a surging account reads most about.
var topicShares = newWheel(choice[int]{45, 0}, choice[int]{25, 1}, choice[int]{17, 2}, choice[int]{13, 3})

// lossReasons is data.md 6c: a quarter is empty, a tenth "other"; the rest as in its source W2.
var lossReasons = newWheel(
	choice[string]{25, ""}, choice[string]{10, "other"}, choice[string]{22.75, "no decision"},
	choice[string]{19.5, "competitor"}, choice[string]{13, "budget/timing"}, choice[string]{9.75, "poor fit"},
)

// openStages are the stages of an open deal, from early to late.
var openStages = newWheel(
	choice[string]{34, "Discovery"}, choice[string]{25, "Diligence"}, choice[string]{26, "Proposal"},
	choice[string]{15, "Negotiation"},
)

// The sellers' own people, all at acme.example.
var (
	executives = reps("ana.ruiz", "ben.cole", "cleo.hart", "dev.shah", "ella.frost", "finn.day", "gia.moss", "hugo.lind",
		"ines.vega", "jon.park", "kira.wolf", "leo.banks", "mia.stone", "noah.reed", "olga.petz", "paul.vance")
	developers = reps("ada.bright", "bo.lane", "cy.tran", "dina.west", "eli.knox", "fay.munro", "gus.hale", "hana.ito")
	successors = reps("ivy.chen", "jude.ross", "kai.berg", "lara.finch", "max.orr", "nia.gold")
	managers   = reps("otto.hahn", "pia.lund", "quinn.fox", "rosa.diaz")
)

func reps(names ...string) []string {
	for i := range names {
		names[i] += "@acme.example"
	}
	return names
}
