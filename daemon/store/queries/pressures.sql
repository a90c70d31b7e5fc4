select channel_account, waiting from publication_pressure where waiting > 0;
