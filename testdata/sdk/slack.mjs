// Slack's client (@slack/web-api) against the simulator: slackApiUrl says where the API is. It sends forms, where our client sends JSON or queries.
import { WebClient } from '@slack/web-api'
import { base, input, run } from './run.mjs'

const slack = new WebClient('rehearsal', { slackApiUrl: base + '/api/', logLevel: 'error' })

async function all(method, args, of) {
  const out = []
  for await (const page of slack.paginate(method, { limit: 2, ...args })) out.push(...page[of])
  return out
}

// code gives the error of an answer that is not ok.
async function code(promise) {
  try { await promise; return 'done' } catch (e) { return e.data?.error ?? String(e) }
}

run(async () => {
  const out = {}
  out.records = (await all('users.list', {}, 'members')).map((u) => [u.id, u.profile.email]).sort()
  out.found = [(await slack.users.lookupByEmail({ email: input.email })).user.id]
  const channels = await all('conversations.list', { types: 'public_channel,private_channel' }, 'channels')
  const id = channels.find((c) => c.name === input.collection).id
  const members = async () => (await all('conversations.members', { channel: id }, 'members')).sort()
  out.members = await members()
  out.added = {}
  for (const user of input.add) {
    const said = await code(slack.conversations.invite({ channel: id, users: user }))
    out.added[user] = { already_in_channel: 'already', user_not_found: 'rejected' }[said] ?? said
  }
  out.after_add = await members()
  out.removed = {}
  for (const user of input.remove) {
    const said = await code(slack.conversations.kick({ channel: id, user }))
    out.removed[user] = { not_in_channel: 'already' }[said] ?? said
  }
  out.after_remove = await members()
  const sent = await slack.chat.postMessage({ channel: input.task, text: 'Hello', metadata: { event_type: 'playctl_effect', event_payload: { key: 'k-1' } } })
  out.sent = sent.ok && sent.ts !== ''
  out.missing = (await code(slack.users.lookupByEmail({ email: 'nobody@acme.example' }))) === 'users_not_found' ? 'absent' : 'there'
  const stranger = new WebClient('wrong', { slackApiUrl: base + '/api/', logLevel: 'error' })
  out.refused = (await code(stranger.auth.test())) === 'not_authed'
  return out
})
