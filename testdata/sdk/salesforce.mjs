// The common client of Salesforce (jsforce) against the simulator: loginUrl and the instance_url of the token's answer say where the org is.
import jsforce from 'jsforce'
import { base, input, run } from './run.mjs'

const conn = new jsforce.Connection({ version: '66.0', maxRequest: 5, oauth2: { loginUrl: base, clientId: 'rehearsal', clientSecret: 'rehearsal' } })
const quoted = (list) => [...list, '000000000000000AAA'].map((x) => `'${x}'`).join(', ')

async function query(soql) {
  return (await conn.query(soql, { autoFetch: true, maxFetch: 1000 })).records
}

const outcome = (r, words) => r.success ? 'done' : words[r.errors[0].statusCode] ?? 'rejected'

run(async () => {
  await conn.authorize({ grant_type: 'client_credentials' })
  const out = {}
  out.records = (await query('SELECT Id, Email FROM Contact ORDER BY Id')).map((r) => [r.Id, r.Email]).sort()
  out.fields = Object.fromEntries((await query(`SELECT Id, Email FROM Contact WHERE Id IN (${quoted(input.read)})`)).map((r) => [r.Id, r.Email]))
  out.found = (await query(`SELECT Id, Email FROM Contact WHERE Email IN ('${input.email}')`)).map((r) => r.Id)
  const [campaign] = await query(`SELECT Id, Name FROM Campaign WHERE Name = '${input.collection}' LIMIT 2`)
  const members = async () => (await query(`SELECT ContactId FROM CampaignMember WHERE CampaignId = '${campaign.Id}' AND ContactId != null ORDER BY Id`)).map((r) => r.ContactId).sort()
  out.members = await members()
  const added = await conn.sobject('CampaignMember').create(input.add.map((ContactId) => ({ CampaignId: campaign.Id, ContactId })))
  out.added = Object.fromEntries(input.add.map((id, i) => [id, outcome(added[i], { DUPLICATE_VALUE: 'already' })]))
  out.after_add = await members()
  const looked = await query(`SELECT Id, ContactId FROM CampaignMember WHERE CampaignId = '${campaign.Id}' AND ContactId IN (${quoted(input.remove)})`)
  const removed = await conn.sobject('CampaignMember').destroy(looked.map((r) => r.Id))
  out.removed = Object.fromEntries(input.remove.map((id) => {
    const at = looked.findIndex((r) => r.ContactId === id)
    return [id, at < 0 ? 'already' : outcome(removed[at], { ENTITY_IS_DELETED: 'already' })]
  }))
  out.after_remove = await members()
  const set = await conn.sobject('Contact').update(input.set.map((Id) => ({ Id, [input.field]: input.value })))
  out.set = Object.fromEntries(input.set.map((id, i) => [id, outcome(set[i], {})]))
  out.value = (await query(`SELECT Id, ${input.field} FROM Contact WHERE Id IN (${quoted([input.set[0]])})`))[0][input.field]
  const [task] = await conn.sobject('Task').create([{ Subject: 'Call', Status: 'Not Started', Description: '', Playctl_Key__c: 'k-1', WhoId: input.task }])
  const [polled] = await query(`SELECT Id, Status, IsClosed, CompletedDateTime, CreatedDate, LastModifiedDate, Playctl_Outcome__c FROM Task WHERE Id IN (${quoted([task.id])})`)
  out.task = polled.IsClosed ? 'done' : 'open'
  out.looked_up = (await query("SELECT Id, Playctl_Key__c FROM Task WHERE Playctl_Key__c IN ('k-1')"))[0].Id === task.id
  out.missing = (await query("SELECT Id, Name FROM Campaign WHERE Name = 'Nowhere' LIMIT 2")).length === 0 ? 'absent' : 'there'
  return out
})
