// Package real tests playctl against real servers on this machine: Mailman 3, Redmine, Postgres 15 and Exim, from Debian's packages. Its tests have
// the build tag real, and run by `make test-real`, which gets the servers by install.sh.
//
// Each server is started once, on a free port of 127.0.0.1, with its data in a scratch folder; all of them end with the test process, however
// that ends. A test has lists, issues and addresses of its own, and drives playctl as a person does: by its command line.
package real
