update baseline set marked = true where channel_account = $1 and due_at = $2;
