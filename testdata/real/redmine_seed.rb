# What a Redmine needs before playctl can give tasks there: its API switched on, a project, a field for the effect's key, and a user with a key.
# The secrets are for tests, which look for them in what playctl prints.
Setting.rest_api_enabled = '1'
Setting.default_language = 'en'
Setting.notified_events = []

project = Project.new(name: 'Sales', identifier: 'sales', is_public: false)
project.trackers = Tracker.all
project.enabled_module_names = ['issue_tracking']
project.save!

fields = %w[playctl_key outcome].map do |name|
  field = IssueCustomField.new(name: name, field_format: 'string', is_for_all: true, is_filter: true)
  field.trackers = Tracker.all
  field.save!
  field
end

{ 'playctl' => 'planted0redmine0key00000000000000000000a', 'sam' => 'planted0redmine0key00000000000000000000b' }.each do |login, key|
  user = User.new(firstname: login.capitalize, lastname: 'Example', mail: "#{login}@acme.example", language: 'en')
  user.login = login
  user.password = user.password_confirmation = 'planted-redmine-Passw0rd'
  user.save!
  Token.new(user: user, action: 'api').tap(&:save!).update_column(:value, key)
  Member.create!(project: project, principal: user, roles: [Role.find_by!(name: 'Manager')])
end
puts fields.map { |f| "#{f.name}=#{f.id}" }
