// HubSpot's client (@hubspot/api-client) against the simulator: basePath says where the API is.
import { Client } from '@hubspot/api-client'
import { base, input, run } from './run.mjs'

const client = new Client({ accessToken: 'rehearsal', basePath: base, numberOfApiCallRetries: 3 })
const { objects, lists } = client.crm

async function members(id) {
  const out = []
  for (let after; ;) {
    const page = await lists.membershipsApi.getPage(id, after, undefined, 2)
    out.push(...page.results.map((r) => r.recordId))
    if (!page.paging?.next) return out.sort()
    after = page.paging.next.after
  }
}

run(async () => {
  const out = {}
  out.records = (await everyone()).map((r) => [r.id, r.properties.email]).sort()
  const read = await objects.batchApi.read('contact', { inputs: input.read.map((id) => ({ id })), properties: ['email'], propertiesWithHistory: [] })
  out.fields = Object.fromEntries(read.results.map((r) => [r.id, r.properties.email]))
  const found = await objects.batchApi.read('contact', { idProperty: 'email', inputs: [{ id: input.email }], properties: ['email'], propertiesWithHistory: [] })
  out.found = found.results.map((r) => r.id)
  const list = (await lists.listsApi.getByName(input.collection, '0-1')).list
  out.members = await members(list.listId)
  const added = await lists.membershipsApi.add(list.listId, input.add)
  out.added = Object.fromEntries(input.add.map((id) => [id, added.recordIdsMissing.includes(id) ? 'rejected' : (added.recordsIdsAdded ?? added.recordIdsAdded).includes(id) ? 'done' : 'already']))
  out.after_add = await members(list.listId)
  const removed = await lists.membershipsApi.remove(list.listId, input.remove)
  out.removed = Object.fromEntries(input.remove.map((id) => [id, removed.recordIdsRemoved.includes(id) ? 'done' : 'already']))
  out.after_remove = await members(list.listId)
  const set = await objects.batchApi.update('contact', { inputs: input.set.map((id) => ({ id, properties: { [input.field]: input.value } })) })
  const bad = (set.errors ?? []).flatMap((e) => e.context.ids)
  out.set = Object.fromEntries(input.set.map((id) => [id, bad.includes(id) ? 'rejected' : 'done']))
  const again = await objects.batchApi.read('contact', { inputs: [{ id: input.set[0] }], properties: [input.field], propertiesWithHistory: [] })
  out.value = again.results[0].properties[input.field]
  const task = await objects.tasks.basicApi.create({ properties: { hs_timestamp: '2026-12-01T09:00:00Z', hs_task_subject: 'Call', hs_task_body: '', hs_task_status: 'NOT_STARTED', hs_task_type: 'TODO', playctl_key: 'k-1' },
    associations: [{ to: { id: input.task }, types: [{ associationCategory: 'HUBSPOT_DEFINED', associationTypeId: 204 }] }] })
  const polled = await objects.tasks.batchApi.read({ inputs: [{ id: task.id }], properties: ['hs_task_status', 'hs_task_completion_date', 'hs_lastmodifieddate', 'playctl_outcome'], propertiesWithHistory: [] })
  out.task = polled.results[0].properties.hs_task_status === 'COMPLETED' ? 'done' : 'open'
  const looked = await objects.tasks.batchApi.read({ idProperty: 'playctl_key', inputs: [{ id: 'k-1' }], properties: ['playctl_key'], propertiesWithHistory: [] })
  out.looked_up = looked.results[0].id === task.id
  try { await lists.listsApi.getByName('Nowhere', '0-1'); out.missing = 'there' } catch (e) { out.missing = e.code === 404 ? 'absent' : String(e) }
  const stranger = new Client({ accessToken: 'wrong', basePath: base })
  try { await stranger.crm.objects.basicApi.getPage('contact', 1); out.refused = false } catch (e) { out.refused = e.code === 401 }
  return out
})

async function everyone() {
  const out = []
  for (let after; ;) {
    const page = await objects.basicApi.getPage('contact', 2, after, ['email'])
    out.push(...page.results)
    if (!page.paging?.next) return out
    after = page.paging.next.after
  }
}
