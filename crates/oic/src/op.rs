//! The calls, one a file.

mod activation;
mod activation_errors;
mod connection;
mod connections;
mod integration;
mod integrations;
mod job_status;
mod probe;
mod projects;
mod start;
mod start_export;
mod start_import;
mod switch_integration;
mod test_connection;
mod update_connection;
