package main

import (
	"cmp"
	"math"
	"slices"
)

// activity is something that somebody did, or our sellers did with them.
type activity struct {
	account  string
	person   int // number; zero: anonymous
	kind     *activityKind
	at       int64
	inbound  bool
	campaign string
	product  string
	minutes  float64 // negative: missing
}

// activityKind is a type of activity.
type activityKind struct {
	name      string
	channel   string
	named     bool                // always done by a known person
	inbound   float64             // share that they began
	products  float64             // share that is about a product
	campaigns []string            // that it may come from
	campaign  float64             // share that has a campaign
	minutes   func(*dice) float64 // that it took
}

var activityTable = table{"activities", []column{
	{"account_id", textKind}, {"person_id", textKind}, {"type", textKind}, {"at", momentKind}, {"inbound", truthKind},
	{"channel", textKind}, {"campaign", textKind}, {"product", textKind}, {"minutes", realKind},
}}

func (x *activity) row(row []value, shift int64) []value {
	who := value{}
	if x.person > 0 {
		who = text(personID(x.person))
	}
	return append(row,
		text(x.account), who, text(x.kind.name), moment(x.at, shift), truth(x.inbound),
		text(x.kind.channel), text(x.campaign), text(x.product), decimal(x.minutes).onlyIf(x.minutes >= 0))
}

var (
	nurtures = []string{"Nurture - ETL", "Nurture - BI", "Nurture - Gov", "News"}
	adTopics = []string{"ETL", "BI", "Gov", "Brand"}
	webinars = []string{"ETL live", "BI live"}
	events   = []string{"roadshow", "roadshow", "summit"}
)

// activityMix is data.md 6c; assumption. Of its 52 % web, 4 are visits of the pricing page. Minutes are real time, with
// the medians of section 6b's weights.
var activityMix = []choice[*activityKind]{
	{48, &activityKind{name: "web_visit", channel: "web", inbound: 1, campaign: 0.04, campaigns: adTopics, minutes: about(1.5)}},
	{4, &activityKind{name: "pricing_visit", channel: "web", inbound: 1, products: 0.7, minutes: about(2)}},
	{18, &activityKind{name: "email_open", channel: "email", named: true, inbound: 1, campaign: 1, campaigns: nurtures, minutes: exactly(0.1)}},
	{5, &activityKind{name: "email_click", channel: "email", named: true, inbound: 1, campaign: 1, campaigns: nurtures, minutes: exactly(1)}},
	{6, &activityKind{name: "ad_click", channel: "ads", inbound: 1, products: 0.5, campaign: 1, campaigns: adTopics, minutes: exactly(0.5)}},
	{4, &activityKind{name: "content_download", channel: "web", named: true, inbound: 1, products: 0.4, campaign: 0.5, campaigns: nurtures, minutes: about(10)}},
	{2, &activityKind{name: "form_fill", channel: "web", named: true, inbound: 1, products: 0.3, campaign: 0.4, campaigns: nurtures, minutes: about(3)}},
	{3, &activityKind{name: "webinar", channel: "event", named: true, inbound: 1, campaign: 1, campaigns: webinars, minutes: about(30)}},
	{1, &activityKind{name: "event_registered", channel: "event", named: true, inbound: 1, campaign: 1, campaigns: events, minutes: exactly(5)}},
	{1, &activityKind{name: "chat", channel: "web", inbound: 1, products: 0.3, minutes: about(4)}},
	{4, &activityKind{name: "call", channel: "phone", named: true, inbound: 0.2, products: 0.2, minutes: about(6)}},
	{2, &activityKind{name: "meeting", channel: "meeting", named: true, inbound: 0.35, products: 0.4, minutes: halfHours}},
	{2, &activityKind{name: "reply", channel: "email", named: true, inbound: 1, minutes: exactly(2)}},
}

var (
	anyActivity     = newWheel(activityMix...)
	unnamedActivity = newWheel(slices.DeleteFunc(slices.Clone(activityMix), func(c choice[*activityKind]) bool { return c.item.named })...)
)

func exactly(minutes float64) func(*dice) float64 {
	return func(*dice) float64 { return minutes }
}

func about(median float64) func(*dice) float64 {
	return func(d *dice) float64 { return math.Round(10*min(d.lognormal(median, 0.6), 240)) / 10 }
}

func halfHours(d *dice) float64 { return float64(30 * (1 + d.IntN(3))) }

// anonymous is the share without a known person among the kinds that may be so; 45 % of all (data.md 6c; assumption).
const anonymous = 0.73

// newActivities makes an account's activities by time. Where nobody is known they are anonymous.
func (w *world) newActivities(found []activity, a *account, people []person, count int) []activity {
	if count == 0 {
		return found
	}
	d := w.dice.about(w.seed, aboutActivities, a.index)
	w.timeline.reset(d, a, a.index == w.giant)
	for range count {
		x := activity{account: a.id, kind: anyActivity.spin(d)}
		if len(people) == 0 {
			x.kind = unnamedActivity.spin(d)
		} else if x.kind.named || !d.chance(anonymous) {
			// The first people of an account are its liveliest.
			u := d.Float64()
			x.person = people[int(float64(len(people))*u*u)].number
		}
		x.at = w.timeline.draw(d)
		x.detail(d)
		found = append(found, x)
	}
	slices.SortStableFunc(found, func(a, b activity) int { return cmp.Compare(a.at, b.at) })
	return found
}

// detail fills in who began, campaign, product and minutes. E-mail is answered in a burst after a send, and the send
// decides the campaign.
func (x *activity) detail(d *dice) {
	k := x.kind
	x.inbound = d.chance(k.inbound)
	if d.chance(k.campaign) {
		x.campaign = pick(d, k.campaigns)
	}
	if k.channel == "email" && k.campaign == 1 && d.chance(0.7) {
		at, send := afterSend(d, x.at)
		x.at, x.campaign = at, k.campaigns[(send%len(k.campaigns)+len(k.campaigns))%len(k.campaigns)]
	}
	if d.chance(k.products) {
		x.product = pick(d, products)
	}
	if x.minutes = k.minutes(d); d.chance(0.03) {
		x.minutes = -1
	}
}
