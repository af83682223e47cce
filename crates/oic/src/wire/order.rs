//! Bodies of the two orders, as documented for each generation.

use ferry_core::job::Generation;
use secrecy::ExposeSecret as _;
use serde::Serialize;

use crate::model::job::{ExportOrder, ImportOrder, StorageInfo};

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Storage<'a> {
    storage_url: String,
    storage_user: &'a str,
    storage_password: &'a str,
}

impl<'a> Storage<'a> {
    fn of(info: &'a StorageInfo) -> Self {
        Self {
            storage_url: info.url.to_string(),
            storage_user: info.user.as_str(),
            storage_password: info.password.expose_secret(),
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ExportBody<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    job_name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    export_security_artifacts: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    overwrite: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<&'a str>,
    storage_info: Storage<'a>,
}

impl<'a> ExportBody<'a> {
    pub(crate) fn of(order: &'a ExportOrder, generation: Generation) -> Self {
        let bare = Self {
            job_name: None,
            export_security_artifacts: None,
            overwrite: None,
            description: None,
            storage_info: Storage::of(&order.storage),
        };
        match generation {
            Generation::Gen2 => bare,
            Generation::Gen3 => Self {
                job_name: Some(order.name.as_str()),
                export_security_artifacts: Some(order.security_artifacts),
                overwrite: order.overwrite.then_some(true),
                description: order.description.as_deref(),
                ..bare
            },
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ImportBody<'a> {
    archive_file: &'a str,
    import_activate_mode: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    import_security_artifacts: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    job_name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    start_schedules: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    import_schedule_params: Option<bool>,
    storage_info: Storage<'a>,
}

impl<'a> ImportBody<'a> {
    pub(crate) fn of(order: &'a ImportOrder, generation: Generation) -> Self {
        let bare = Self {
            archive_file: &order.archive,
            import_activate_mode: order.mode.spelled(generation),
            import_security_artifacts: None,
            job_name: None,
            description: None,
            start_schedules: order.start_schedules.then_some(true),
            import_schedule_params: order.schedule_params.then_some(true),
            storage_info: Storage::of(&order.storage),
        };
        match generation {
            Generation::Gen2 => bare,
            Generation::Gen3 => Self {
                import_security_artifacts: Some(order.security_artifacts),
                job_name: Some(order.name.as_str()),
                description: order.description.as_deref(),
                ..bare
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ferry_core::job::ImportMode;
    use ferry_core::storage::StorageUrl;
    use serde_json::{Value, json};

    const URL: &str =
        "https://swiftobjectstorage.us-phoenix-1.oraclecloud.com/v1/mytenancyns/my-bucket";

    fn storage() -> StorageInfo {
        StorageInfo {
            url: StorageUrl::parse(URL).unwrap(),
            user: "username".parse().unwrap(),
            password: "auth token".into(),
        }
    }

    fn storage_json() -> Value {
        json!({"storageUrl": URL, "storageUser": "username", "storagePassword": "auth token"})
    }

    fn export(order: &ExportOrder, generation: Generation) -> Value {
        serde_json::to_value(ExportBody::of(order, generation)).unwrap()
    }

    fn import(order: &ImportOrder, generation: Generation) -> Value {
        serde_json::to_value(ImportBody::of(order, generation)).unwrap()
    }

    #[test]
    fn exports() {
        let order = ExportOrder {
            name: "export_SI_data_0001".parse().unwrap(),
            description: Some("Export description".to_owned()),
            security_artifacts: true,
            overwrite: false,
            storage: storage(),
        };
        assert_eq!(
            export(&order, Generation::Gen2),
            json!({"storageInfo": storage_json()})
        );
        assert_eq!(
            export(&order, Generation::Gen3),
            json!({
                "jobName": "export_SI_data_0001",
                "exportSecurityArtifacts": true,
                "description": "Export description",
                "storageInfo": storage_json(),
            })
        );
        let order = ExportOrder {
            overwrite: true,
            description: None,
            security_artifacts: false,
            ..order
        };
        assert_eq!(
            export(&order, Generation::Gen3),
            json!({
                "jobName": "export_SI_data_0001",
                "exportSecurityArtifacts": false,
                "overwrite": true,
                "storageInfo": storage_json(),
            })
        );
    }

    #[test]
    fn imports() {
        let order = ImportOrder {
            archive: "export_si_data".to_owned(),
            mode: ImportMode::ImportOnly,
            name: "Import of si01".parse().unwrap(),
            description: None,
            security_artifacts: true,
            start_schedules: false,
            schedule_params: false,
            storage: storage(),
        };
        assert_eq!(
            import(&order, Generation::Gen2),
            json!({
                "archiveFile": "export_si_data",
                "importActivateMode": "ImportOnly",
                "storageInfo": storage_json(),
            })
        );
        assert_eq!(
            import(&order, Generation::Gen3),
            json!({
                "archiveFile": "export_si_data",
                "importActivateMode": "importOnly",
                "importSecurityArtifacts": true,
                "jobName": "Import of si01",
                "storageInfo": storage_json(),
            })
        );
        let order = ImportOrder {
            start_schedules: true,
            schedule_params: true,
            ..order
        };
        let sent = import(&order, Generation::Gen3);
        assert_eq!(sent["startSchedules"], true);
        assert_eq!(sent["importScheduleParams"], true);
    }
}
