// The common client of Marketo (node-marketo-rest) against the simulator: endpoint and identity say where the instance is.
import Marketo from 'node-marketo-rest'
import { base, input, run } from './run.mjs'

const marketo = new Marketo({ endpoint: base + '/rest', identity: base + '/identity', clientId: 'rehearsal', clientSecret: 'rehearsal' })

// Its list.getLeads asks at /rest/v1/list/ID, an older address that our manifest does not speak of: the client's own connection asks at the newer one.
async function members(id) {
  const out = []
  for (let nextPageToken; ;) {
    const page = await marketo._connection.get(`/v1/lists/${id}/leads.json`, { query: { fields: 'id', batchSize: 2, ...(nextPageToken ? { nextPageToken } : {}) } })
    out.push(...page.result.map((r) => String(r.id)))
    if (!page.nextPageToken) return out.sort()
    nextPageToken = page.nextPageToken
  }
}

const outcome = (r) => ({ added: 'done', removed: 'done', updated: 'done', memberof: 'already', notmemberof: 'already' })[r.status] ?? (r.reasons[0].code === '1015' ? 'already' : 'rejected')

run(async () => {
  const out = {}
  const read = await marketo.lead.find('id', input.read, { fields: ['id', 'email'] })
  out.fields = Object.fromEntries(read.result.map((r) => [String(r.id), r.email]))
  out.found = (await marketo.lead.find('email', [input.email], { fields: ['id', 'email'] })).result.map((r) => String(r.id))
  const list = (await marketo.list.find({ name: [input.collection] })).result.find((l) => l.name === input.collection)
  out.members = await members(list.id)
  const added = await marketo.list.addLeadsToList(list.id, input.add.map(Number))
  out.added = Object.fromEntries(input.add.map((id, i) => [id, outcome(added.result[i])]))
  out.after_add = await members(list.id)
  out.removed = {}
  for (const id of input.remove) { // several ids come joined by an escaped &, which Marketo does not take either
    out.removed[id] = outcome((await marketo.list.removeLeadsFromList(list.id, [id])).result[0])
  }
  out.after_remove = await members(list.id)
  const set = await marketo.lead.createOrUpdate(input.set.map((id) => ({ id: Number(id), [input.field]: input.value })), { action: 'updateOnly', lookupField: 'id' })
  out.set = Object.fromEntries(input.set.map((id, i) => [id, outcome(set.result[i])]))
  out.value = (await marketo.lead.find('id', [input.set[0]], { fields: ['id', input.field] })).result[0][input.field]
  const sent = await marketo.campaign.request(77, [{ id: Number(input.task) }], [{ name: '{{my.text}}', value: 'Hello' }])
  out.sent = sent.success
  const gone = (await marketo.list.find({ name: ['Nowhere'] })).result ?? []
  out.missing = gone.some((l) => l.name === 'Nowhere') ? 'there' : 'absent'
  return out
})
